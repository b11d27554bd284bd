
namespace Errand.Commands;

/// <summary>
/// One command from its start, or from its re-adoption, to its end: follows its output, stops it when it should stop, and sees to it that
/// nothing of it is left.
/// </summary>
internal sealed class CommandRun : IDisposable
{
    // Between two looks at output that keeps coming: each look writes an entry of the log's index.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    // Where the system cannot tell that files grow.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly CommandParts _parts;
    private readonly JobContext _job;
    private readonly SupervisorProcess _supervisor;
    private readonly CommandFolder _folder;
    private readonly OutputFollower _output;
    private readonly Doorbell _bell;
    private readonly Doorbell _end;
    private readonly CommandStop _stop;
    private readonly JobLimits _limits;
    private ExceededLimit? _exceeded;
    private volatile bool _isOver;

    public CommandRun(CommandParts parts, CommandPlan plan, JobContext job, SupervisorProcess supervisor, CommandFolder folder)
    {
        _parts = parts;
        _job = job;
        _supervisor = supervisor;
        _folder = folder;
        _output = new(folder, job.Output, plan.Listener);
        _bell = new(job.Time);
        _end = new(job.Time);
        Tree = ProcessTree.Of(supervisor.Key, ProcessMark.Of(job.Id, job.Attempt), supervisor.Group);
        _stop = new(Tree, parts.Options, job, () => _isOver);
        _limits = plan.Limits;
        plan.Listener?.OnStarted(this);
    }

    /// <summary>The command and all that it has started.</summary>
    public ProcessTree Tree { get; }

    /// <summary>Stops the command as a cancel does: politely first.</summary>
    public void Stop() => _stop.Begin();

    /// <summary>Writes to the command's standard input, where that was kept open.</summary>
    public ValueTask<bool> WriteInputAsync(ReadOnlyMemory<byte> bytes) =>
        CommandInputPipe.WriteAsync(_folder, bytes, _job.Time, _job.CancellationToken);

    /// <summary>Ends the command's standard input, where that was kept open; what was written before is still read.</summary>
    public void CloseInput() => _supervisor.Descriptor.Signal(CommandSignals.EndOfInput);

    /// <summary>Goes along with the command until it has ended, or somebody else is to take over.</summary>
    public async Task<CommandEnd> FollowAsync()
    {
        using var ended = _parts.Watch.OnEnd(_supervisor.Descriptor, OnEnded);
        using var changed = _parts.Watch.OnChange(_folder, _bell.Ring);
        using var told = _job.CancellationToken.UnsafeRegister(static run => ((CommandRun)run!).OnTold(), this);
        using var limits = WatchLimits();
        var leftovers = Leftovers.None;
        CommandExit? exit = null;
        while (true)
        {
            _bell.Reset();
            bool isOver = _isOver, isArmed = changed.TryArm();
            if (MustLetGo) return new(CommandEndKind.LetGo);
            bool grown = _output.Follow();
            if (isOver) break;
            if (!leftovers.Looked && (exit ??= _folder.ReadExit()) is { Left: true }) leftovers = await Leftovers.EndAsync(Tree, _job.Time);
            // The supervisor waits for those who cannot be ended; the job does not.
            if (leftovers.Survivors.Count > 0) break;
            // Only a look that found nothing, after the watch was armed, may sleep for long.
            if (grown) await _end.WaitAsync(BetweenLooks);
            else await _bell.WaitAsync(isArmed ? Timeout.InfiniteTimeSpan : Poll);
        }
        return await EndAsync(exit ?? _folder.ReadExit(), leftovers, limits);
    }

    public void Dispose()
    {
        _output.Dispose();
        _supervisor.Dispose();
    }

    // A job that may be another runner's by now is no longer ours to signal, and a server that leaves lets its commands go on.
    private bool MustLetGo => _job.StopReason switch
    {
        StopReason.LeaseLost => true,
        StopReason.ShuttingDown => _parts.Outlives,
        _ => false,
    };

    private void OnEnded()
    {
        _isOver = true;
        _end.Ring();
        _bell.Ring();
    }

    private void OnTold()
    {
        if (MustLetGo) _bell.Ring();
        else Stop();
    }

    // What uses too much is not asked to stop: it has had its chance.
    private WatchedCommand? WatchLimits() => _limits is { CpuTime: null, MemoryBytes: null, Processes: null, CpuWeight: null }
        ? null
        : _parts.Limits.Watch(_supervisor.Key, ProcessMark.Of(_job.Id, _job.Attempt), _supervisor.Group, _limits, limit =>
        {
            _exceeded = limit;
            _ = Tree.KillAsync(_job.Time, ProcessTree.KillPatience);
        });

    private ExceededLimit? ExceededFile(CommandExit? exit) =>
        _limits.FileBytes is { } bytes && exit?.ShellCode == CommandExit.SignalBase + CommandSignals.FileTooLarge
            ? new(ExceededLimitKind.FileSize, bytes, bytes)
            : null;

    private async Task<CommandEnd> EndAsync(CommandExit? exit, Leftovers leftovers, WatchedCommand? limits)
    {
        _supervisor.Reap();
        // A supervisor that has seen the last process go leaves none; any other must be looked after.
        if (exit is not { Left: false } && !leftovers.Looked) leftovers = await Leftovers.EndAsync(Tree, _job.Time);
        if (leftovers.Looked) _output.Follow();
        return new(exit is null ? CommandEndKind.SupervisorKilled : CommandEndKind.Ended)
        {
            Exit = exit, Exceeded = _exceeded ?? limits?.Finish() ?? ExceededFile(exit), Leftovers = leftovers.Ended, Survivors = leftovers.Survivors,
            Stdout = _output.Captured(OutputStream.Out), Stderr = _output.Captured(OutputStream.Err),
        };
    }
}

/// <summary>What a command has left running when it ended.</summary>
internal sealed record Leftovers(bool Looked, IReadOnlyList<string> Ended, IReadOnlyList<string> Survivors)
{
    public static Leftovers None { get; } = new(false, [], []);

    /// <summary>Ends it.</summary>
    public static async ValueTask<Leftovers> EndAsync(ProcessTree tree, TimeProvider time)
    {
        var members = tree.Members();
        if (members.Count == 0) return new(true, [], []);
        var survivors = await tree.KillAsync(time, ProcessTree.KillPatience);
        return new(true, [.. members.Select(member => member.Name)], [.. survivors.Select(member => member.ToString())]);
    }
}
