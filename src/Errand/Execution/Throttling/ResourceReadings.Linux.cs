using System.Globalization;

namespace Errand;

/// <summary>Reads what the kernel says about the machine, and about the control group that the process is in.</summary>
/// <param name="root">Where the kernel's files are mounted.</param>
internal sealed class LinuxResourceReadings(string root) : ResourceReadings
{
    // The load is that of the whole machine, and so is this: a container may use fewer.
    private readonly int _cores = CountOf(Read(Path.Combine(root, "sys/devices/system/cpu/online"))) ?? Environment.ProcessorCount;

    public override double? LoadPerCore() =>
        Read(Path.Combine(root, "proc/loadavg"))?.Split(' ')[0] is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out double load)
            ? load / _cores
            : null;

    public override long? FreeMemoryBytes() =>
        Field(Path.Combine(root, "proc/meminfo"), "MemAvailable:") * 1024 is not { } machine ? base.FreeMemoryBytes()
        : FreeInGroup() is { } group ? Math.Min(machine, group)
        : machine;

    /// <summary>What the control group and those around it leave, where one of them has a limit.</summary>
    private long? FreeInGroup()
    {
        string mount = Path.Combine(root, "sys/fs/cgroup");
        string[] groups = Read(Path.Combine(root, "proc/self/cgroup"))?.Split('\n') ?? [];
        long? free = null;
        string own = groups.FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..] ?? "";
        for (string? group = own; group is not null; group = group.Length == 0 ? null : Path.GetDirectoryName(group))
        {
            string folder = Path.Combine(mount, group);
            if (!long.TryParse(Read(Path.Combine(folder, "memory.max")), CultureInfo.InvariantCulture, out long limit)) continue;
            if (!long.TryParse(Read(Path.Combine(folder, "memory.current")), CultureInfo.InvariantCulture, out long used)) continue;
            // Files that were read and are not in use count as used, but are given up for whoever needs the room.
            long left = Math.Max(0, limit - used + (Field(Path.Combine(folder, "memory.stat"), "inactive_file") ?? 0));
            free = Math.Min(free ?? long.MaxValue, left);
        }
        return free;
    }

    /// <summary>The number beside a name, in a file of such lines.</summary>
    private static long? Field(string file, string name)
    {
        foreach (string line in Read(file)?.Split('\n') ?? [])
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0] == name && long.TryParse(words[1], CultureInfo.InvariantCulture, out long value)) return value;
        }
        return null;
    }

    /// <summary>How many numbers a list such as "0-3,8" means.</summary>
    private static int? CountOf(string? list)
    {
        int count = 0;
        foreach (string range in list?.Split(',') ?? [])
        {
            string[] ends = range.Split('-');
            if (!int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first)) return null;
            if (!int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last)) return null;
            count += last - first + 1;
        }
        return count > 0 ? count : null;
    }

    private static string? Read(string file)
    {
        try { return File.ReadAllText(file).Trim(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }
}
