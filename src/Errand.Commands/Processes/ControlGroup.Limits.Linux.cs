namespace Errand.Commands;

/// <summary>What the kernel keeps to and counts for the group. The files of both versions are tried: only one of each pair is there.</summary>
internal sealed partial class ControlGroup
{
    // The weight of everybody else is 100 in version 2 and 1024 in version 1.
    private const int SharesOfHundred = 1024;

    /// <summary>The most its members ever held, the cache of their files included, or null where that is not counted.</summary>
    public long? PeakMemoryBytes => Number(ControlGroupController.Memory, "memory.peak", "memory.max_usage_in_bytes");

    /// <summary>What they have used of processors.</summary>
    public TimeSpan? CpuTime =>
        FolderOf(ControlGroupController.CpuTime) is { } folder
        && ControlGroupFile.ReadNumber(Path.Combine(folder, "cpu.stat"), "usage_usec") is { } microseconds
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <summary>Whether the kernel has killed a member because the group held too much memory.</summary>
    public bool WasOutOfMemory => Count(ControlGroupController.Memory, "oom_kill", "memory.events", "memory.oom_control") > 0;

    /// <summary>Whether a member was refused one more process.</summary>
    public bool WasOutOfProcesses => Count(ControlGroupController.Processes, "max", "pids.events") > 0;

    /// <summary>Sets limits, as far as the kernel can keep to them.</summary>
    /// <param name="limits">The limits.</param>
    /// <returns>Those that the kernel keeps to; the others have to be watched.</returns>
    public ControlGroupController Apply(JobLimits limits)
    {
        var kept = ControlGroupController.None;
        if (limits.MemoryBytes is { } memory && FolderOf(ControlGroupController.Memory) is { } folder && LimitMemory(folder, memory))
            kept |= ControlGroupController.Memory;
        // The supervisor is in the groups of version 1, and what one job may start is not to depend on the version.
        if (limits.Processes is { } processes && Set(ControlGroupController.Processes, "pids.max", $"{processes + (HasLegacy ? 1 : 0)}"))
            kept |= ControlGroupController.Processes;
        if (limits.CpuWeight is { } weight
            && (Set(ControlGroupController.CpuWeight, "cpu.weight", $"{weight}")
                || Set(ControlGroupController.CpuWeight, "cpu.shares", $"{Math.Max(2, (long)weight * SharesOfHundred / 100)}")))
            kept |= ControlGroupController.CpuWeight;
        return kept;
    }

    private static bool LimitMemory(string folder, long bytes)
    {
        if (Exists(folder, "memory.max"))
        {
            // Without the first, memory would move to the swap space instead; without the second, one process of many would be killed.
            ControlGroupFile.TryWrite(Path.Combine(folder, "memory.swap.max"), "0");
            ControlGroupFile.TryWrite(Path.Combine(folder, "memory.oom.group"), "1");
            return ControlGroupFile.TryWrite(Path.Combine(folder, "memory.max"), $"{bytes}");
        }
        if (!ControlGroupFile.TryWrite(Path.Combine(folder, "memory.limit_in_bytes"), $"{bytes}")) return false;
        // Memory and swap space together; it can only be set after the other.
        ControlGroupFile.TryWrite(Path.Combine(folder, "memory.memsw.limit_in_bytes"), $"{bytes}");
        return true;
    }

    private static bool Exists(string folder, string name) => File.Exists(Path.Combine(folder, name));

    private bool Set(ControlGroupController controller, string name, string value) =>
        FolderOf(controller) is { } folder && Exists(folder, name) && ControlGroupFile.TryWrite(Path.Combine(folder, name), value);

    private long? Number(ControlGroupController controller, params ReadOnlySpan<string> names)
    {
        if (FolderOf(controller) is not { } folder) return null;
        foreach (string name in names)
            if (ControlGroupFile.ReadNumber(Path.Combine(folder, name)) is { } number) return number;
        return null;
    }

    private long Count(ControlGroupController controller, string what, params ReadOnlySpan<string> names)
    {
        if (FolderOf(controller) is not { } folder) return 0;
        foreach (string name in names)
            if (ControlGroupFile.ReadNumber(Path.Combine(folder, name), what) is { } number) return number;
        return 0;
    }
}
