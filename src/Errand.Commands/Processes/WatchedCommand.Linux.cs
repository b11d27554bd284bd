namespace Errand.Commands;

/// <summary>One running command, its limits, and what it was last seen to use.</summary>
internal sealed class WatchedCommand : IDisposable
{
    private readonly LimitWatch _watch;
    private readonly ProcessKey _supervisor;
    private readonly ProcessMark _mark;
    private readonly ControlGroup? _group;
    private readonly JobLimits _limits;
    private readonly ControlGroupController _kept;
    private readonly Lock _looking = new();
    private TreeUsage _usage;
    private ExceededLimit? _exceeded;

    public WatchedCommand(LimitWatch watch, ProcessKey supervisor, ProcessMark mark, ControlGroup? group, JobLimits limits)
    {
        _watch = watch;
        _supervisor = supervisor;
        _mark = mark;
        _group = group;
        _limits = limits;
        // Again for a group that an earlier process has made.
        _kept = group?.Apply(limits) ?? ControlGroupController.None;
    }

    /// <summary>Whether it has a limit at all.</summary>
    public bool IsLimited => _limits.MemoryBytes is not null || _limits.Processes is not null || _limits.CpuTime is not null;

    /// <summary>Whether its processes have to be looked at, because the kernel keeps or counts less than is limited.</summary>
    public bool IsSampled =>
        (_limits.MemoryBytes is not null && !_kept.HasFlag(ControlGroupController.Memory))
        || (_limits.Processes is not null && !_kept.HasFlag(ControlGroupController.Processes))
        || (_limits.CpuTime is not null && _group?.CpuTime is null);

    /// <summary>What it uses, as of at most one look ago.</summary>
    public TreeUsage Usage
    {
        get
        {
            _watch.Refresh();
            lock (_looking) return _usage;
        }
    }

    /// <summary>Looks a last time, at what the kernel has counted: a command that it has ended is gone before the next look.</summary>
    /// <returns>The first limit that was passed, or null.</returns>
    public ExceededLimit? Finish()
    {
        Look(null);
        Dispose();
        return _exceeded;
    }

    public void Dispose() => _watch.Remove(this);

    /// <summary>Looks at what it uses.</summary>
    /// <param name="table">All processes, or null where only what the kernel counts is of interest.</param>
    /// <returns>The limit it has passed, when that is new.</returns>
    public ExceededLimit? Look(ProcessTable? table)
    {
        lock (_looking)
        {
            if (table is null) Count();
            else using (var tree = TreeRows.Find(table, _supervisor, _mark, _group)) Sample(table, tree);
            if (_exceeded is not null) return null;
            return _exceeded = FromKernel() ?? (table is null ? OverTime() : OverTime() ?? OverMemory(table) ?? OverProcesses());
        }
    }

    private void Count()
    {
        if (_group is null) return;
        var cpu = _group.CpuTime ?? _usage.CpuTime;
        _usage = _usage with { CpuTime = cpu > _usage.CpuTime ? cpu : _usage.CpuTime, PeakMemoryBytes = PeakOf(_usage.MemoryBytes) };
    }

    private void Sample(ProcessTable table, TreeRows tree)
    {
        long ticks = 0, memory = 0;
        int threads = 0;
        for (int i = 0; i < table.Rows.Length; i++)
        {
            ref readonly var row = ref table.Rows[i];
            // The supervisor has waited for orphans, and their time went over to it.
            if (row.Key == _supervisor) ticks += row.CpuTicks;
            if (!tree.Has(i)) continue;
            // Those that have ended keep their time until somebody has waited for them.
            ticks += row.CpuTicks;
            if (row.HasEnded) continue;
            threads += row.Threads;
            memory += ProcessMemory.Resident(row.Key.Pid);
        }
        var sampled = TimeSpan.FromSeconds((double)ticks / NativeProcess.TicksPerSecond);
        var cpu = _group?.CpuTime ?? sampled;
        _usage = new(cpu > _usage.CpuTime ? cpu : _usage.CpuTime, memory, PeakOf(memory), threads);
    }

    private long PeakOf(long memory) => Math.Max(_usage.PeakMemoryBytes, Math.Max(memory, _group?.PeakMemoryBytes ?? 0));

    private ExceededLimit? FromKernel()
    {
        if (_limits.MemoryBytes is { } memory && _group is { WasOutOfMemory: true })
            return new(ExceededLimitKind.Memory, Math.Max(memory, _group.PeakMemoryBytes ?? 0), memory);
        if (_limits.Processes is { } processes && _group is { WasOutOfProcesses: true })
            return new(ExceededLimitKind.Processes, processes, processes);
        return null;
    }

    private ExceededLimit? OverTime() =>
        _limits.CpuTime is { } limit && _usage.CpuTime > limit
            ? new(ExceededLimitKind.CpuTime, (long)_usage.CpuTime.TotalMilliseconds, (long)limit.TotalMilliseconds)
            : null;

    private ExceededLimit? OverProcesses() =>
        _limits.Processes is { } limit && _usage.Processes > limit ? new(ExceededLimitKind.Processes, _usage.Processes, limit) : null;

    private ExceededLimit? OverMemory(ProcessTable table)
    {
        if (_limits.MemoryBytes is not { } limit || _usage.MemoryBytes <= limit) return null;
        // Pages that forks share were counted once for each of them.
        using var tree = TreeRows.Find(table, _supervisor, _mark, _group);
        long memory = 0;
        for (int i = 0; i < table.Rows.Length; i++)
            if (tree.Has(i) && !table.Rows[i].HasEnded)
                memory += ProcessMemory.Proportional(table.Rows[i].Key.Pid) ?? ProcessMemory.Resident(table.Rows[i].Key.Pid);
        return memory > limit ? new(ExceededLimitKind.Memory, memory, limit) : null;
    }
}
