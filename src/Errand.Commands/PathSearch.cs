namespace Errand.Commands;

/// <summary>Looks for programs as the system would: by the command's own PATH, and from the command's own folder.</summary>
/// <param name="input">The command.</param>
internal sealed class PathSearch(CommandInput input)
{
    // What the C library takes where there is none.
    private const string WithoutPath = "/bin:/usr/bin";

    /// <summary>The folder the command starts in.</summary>
    public string Folder { get; } = input.Cwd ?? Environment.CurrentDirectory;

    /// <summary>Where programs are looked for.</summary>
    public string SearchPath { get; } =
        (input.Env?.TryGetValue("PATH", out string? own) == true ? own : Environment.GetEnvironmentVariable("PATH")) ?? WithoutPath;

    /// <summary>The files that a name may stand for, the first one first; an empty entry of the path is the command's folder.</summary>
    public IEnumerable<string> Candidates(string program) => program.Contains('/')
        ? [Path.GetFullPath(program, Folder)]
        : SearchPath.Split(':').Select(folder => Path.GetFullPath(Path.Combine(folder, program), Folder));

    /// <summary>The first file there is for a name.</summary>
    public string? Find(string program) => Candidates(program).FirstOrDefault(File.Exists);
}
