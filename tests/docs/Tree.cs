namespace Errand.Docs.Tests;

/// <summary>The files of the project, without what is built or fetched.</summary>
internal static class Tree
{
    private static readonly HashSet<string> Foreign = [".git", "artifacts", "bin", "obj", "node_modules", "TestResults", ".vs", ".idea", ".vscode"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string folder = "") => Walk(Path.Combine(Root, folder));

    public static string Name(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !Foreign.Contains(Path.GetFileName(file)))) yield return file;

        foreach (var inner in Directory.EnumerateDirectories(folder).Where(inner => !Foreign.Contains(Path.GetFileName(inner))))
        {
            foreach (var file in Walk(inner)) yield return file;
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Errand.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the folder of Errand.slnx.");

        return folder.FullName;
    }
}
