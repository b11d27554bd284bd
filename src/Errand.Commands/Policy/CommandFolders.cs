namespace Errand.Commands;

/// <summary>Where a command starts, and where it goes from there.</summary>
internal sealed class CommandFolders
{
    public CommandFolders(string start, IReadOnlyList<string> targets)
    {
        var all = new List<(Folder, bool)>();
        Add(start, isStart: true);
        // A folder that is meant from where the command has gone before may be meant from any of them.
        foreach (string target in targets)
            foreach (string from in all.Select(each => each.Item1.Written).ToList()) Add(Path.Combine(from, target), isStart: false);
        All = all;

        void Add(string path, bool isStart)
        {
            var folder = new Folder(Path.GetFullPath(path), RealPath.Of(path));
            if (all.Count < MaxFolders && all.All(each => each.Item1 != folder)) all.Add((folder, isStart));
        }
    }

    private const int MaxFolders = 64;

    /// <summary>The folders; the first is that of the start.</summary>
    public IReadOnlyList<(Folder Folder, bool IsStart)> All { get; }

    /// <summary>A folder.</summary>
    /// <param name="Written">As it was written, made absolute.</param>
    /// <param name="Real">With links followed; none where they lead in a circle.</param>
    internal readonly record struct Folder(string Written, string? Real);
}
