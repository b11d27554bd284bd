using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Errand.Commands;

/// <summary>
/// Finds the tree by the ids of parents, and remembers whom it has seen: a process whose parent ends before it is a child of init
/// from then on and would not be found again. One that lost its parent before the first look is missed.
/// </summary>
internal sealed partial class LinuxProcessTree(Process process) : ProcessTree(process)
{
    // By the time of its start, because the system uses ids again.
    private readonly Dictionary<int, long> _seen = [];

    public override void Signal(int signal)
    {
        lock (_seen)
        {
            Look();
            foreach (var (id, startedAt) in _seen)
                if (Read(id) is { } now && now.StartedAt == startedAt) _ = kill(id, signal);
        }
    }

    private void Look()
    {
        if (_seen.Count == 0 && Read(Process.Id) is { } first) _seen.Add(Process.Id, first.StartedAt);
        var all = new Dictionary<int, Entry>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Read(id) is { } entry)
                all[id] = entry;
        for (bool found = true; found;)
        {
            found = false;
            foreach (var (id, entry) in all)
                if (_seen.TryGetValue(entry.Parent, out long started) && all.TryGetValue(entry.Parent, out var parent) && parent.StartedAt == started)
                    found |= _seen.TryAdd(id, entry.StartedAt);
        }
    }

    private static Entry? Read(int id)
    {
        string line;
        try { line = File.ReadAllText($"/proc/{id}/stat"); }
        catch (IOException) { return null; }
        catch (UnauthorizedAccessException) { return null; }
        // The name of the program, in parentheses, may hold anything, spaces and parentheses too.
        string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return new(int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    private readonly record struct Entry(int Parent, long StartedAt);

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
#pragma warning restore IDE1006
}
