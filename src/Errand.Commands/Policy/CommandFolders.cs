namespace Errand.Commands;

/// <summary>Where a command starts, and where it goes from there.</summary>
internal sealed class CommandFolders
{
    private const int MaxFolders = 64;

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
            if (all.Exists(each => each.Item1 == folder)) return;
            if (all.Count < MaxFolders) all.Add((folder, isStart));
            else Unknown = "the many folders that it goes to";
        }
    }

    /// <summary>The folders; the first is that of the start.</summary>
    public IReadOnlyList<(Folder Folder, bool IsStart)> All { get; }

    /// <summary>What keeps the list from being whole; absent where it is.</summary>
    public string? Unknown { get; private set; }

    /// <summary>A folder.</summary>
    /// <param name="Written">As it was written, made absolute.</param>
    /// <param name="Real">With links followed; none where they lead in a circle.</param>
    internal readonly record struct Folder(string Written, string? Real);
}
