using Errand.Storage;

namespace Errand;

/// <summary>
/// Claims jobs and drives their executions. It holds a lease that it renews by beats; what it holds carries its name, and a runner whose
/// beats have stopped loses it to others.
/// </summary>
internal sealed partial class JobRunner
{
    private readonly ErrandCore _core;
    private readonly RunningJobs _running = new();
    private readonly LostRunnerWatch _lostRunners;
    private readonly LostAnswerWatch _lostAnswers;
    private readonly DueClock _due;
    private readonly WakeUp _pumpBell;
    private readonly WakeUp _beatBell;
    private RunnerLease _lease;
    private Task _loops = Task.CompletedTask;
    private volatile bool _lineMayHoldJobs = true;
    private volatile bool _stopping;
    private volatile bool _left;

    public JobRunner(ErrandCore core)
    {
        _core = core;
        _due = new DueClock(core.Time);
        _pumpBell = new WakeUp(core.Time);
        _beatBell = new WakeUp(core.Time);
        Admission = new Admission(core.Options.Slots, _pumpBell.Ring);
        Gate = new ResourceGate(core.Options.Throttle, core.Readings, core.Time, core.Logger);
        _lostRunners = new LostRunnerWatch(core.Store, core.HostProcesses, core.Time, core.Options.LeaseTime, core.Logger);
        _lostAnswers = new LostAnswerWatch(_running);
        _lease = NewLease();
    }

    public Admission Admission { get; }

    /// <summary>Whether the machine has enough left for more jobs.</summary>
    public ResourceGate Gate { get; }

    public RunnerLease Lease => Volatile.Read(ref _lease);

    /// <summary>Whether the runner has given up everything and writes nothing any more.</summary>
    public bool HasLeft => _left;

    public bool IsStopping => _stopping;

    /// <summary>Whether this runner knows that what it holds under this fence is still its own.</summary>
    public bool MayWrite(JobFence fence) => Lease is var lease && lease.Runner == fence.Runner && lease.IsFresh;

    /// <summary>Whether what it held under this fence belongs to others.</summary>
    public bool HasLost(JobFence fence) => Lease is var lease && (lease.Runner != fence.Runner || lease.IsLost);

    public void Start()
    {
        _core.Signals.Attach(OnHint);
        Gate.Look();
        _loops = Task.WhenAll(_core.Scheduler.Run(BeatAsync), _core.Scheduler.Run(PumpAsync));
    }

    /// <summary>Takes a slot for a job that could start at once, when no job is known to be in line before it.</summary>
    public bool TryReserveDirect(JobSpec spec) =>
        !_stopping && !_lineMayHoldJobs && !Gate.IsClosed &&
        _core.Kinds.Find(spec.Kind) is { } kind && Lease.IsFresh && (kind.OutsideSlots || Admission.TryTake(1) == 1);

    /// <summary>Takes a slot for a call that is handed over at once, over the limit if need be.</summary>
    public bool TryReserveHandOver(JobSpec spec)
    {
        if (_stopping || !Lease.IsFresh || _core.Kinds.Find(spec.Kind) is not { } kind) return false;
        TakeSlot(kind);
        return true;
    }

    /// <summary>
    /// Makes a job that is about to be added as running here known, so that no beat takes it for lost. It takes over the reserved slot.
    /// </summary>
    public JobExecution Expect(Job job, IJobExecutor? body = null)
    {
        var execution = JobExecution.Held(_core, _core.Kinds.Find(job.Kind)!, job, body ?? _core.ParkedBodies.Take(job));
        _running.Add(execution);
        return execution;
    }

    /// <summary>The job was not added, or that is not known.</summary>
    public void Unexpect(JobExecution execution)
    {
        _running.Remove(execution);
        execution.SurrenderSlot();
    }

    /// <summary>Somebody needs to hear at once whether the lease holds.</summary>
    public void RingBeat() => _beatBell.Ring();

    /// <summary>A job has come into line that this process added itself.</summary>
    public void RingPump()
    {
        _lineMayHoldJobs = true;
        _pumpBell.Ring();
    }

    public void OnEnded(JobExecution execution)
    {
        _running.Remove(execution);
        _lostAnswers.Forget(execution.Id);
        execution.SurrenderSlot();
        // What it has taken of its caps is free now, though no slot is.
        if (!execution.TakesSlot) RingPump();
        if (_stopping) NoticeEmpty();
    }

    private RunnerLease NewLease() => new(new RunnerId(_core.NewId(_core.Time.GetUtcNow()).ToString()), _core.Time, _core.Options.LeaseTime);

    /// <summary>Hears a hint, and answers whether it tells those who wait itself.</summary>
    private bool OnHint(JobHint hint)
    {
        if (hint.Ready) RingPump();
        if (hint.Job.IsEmpty) _beatBell.Ring();
        else if (_running.Find(hint.Job) is { } execution)
        {
            execution.OnHint(hint);
            return execution.IsEnding;
        }
        return false;
    }

    /// <summary>A job that runs here, as it was last known: enough for whoever waits for its end and is told of that.</summary>
    public Job? Known(JobId id) => _running.Find(id)?.Stored?.Current;

    private async Task PumpAsync()
    {
        while (!_stopping)
        {
            TimeSpan sleep = _core.Options.PollInterval;
            try
            {
                if (await ClaimAsync() is { } untilNextDue && untilNextDue < sleep) sleep = untilNextDue;
            }
            catch (StoreUnavailableException e)
            {
                Log.ClaimFailed(_core.Logger, e.Message);
            }
            catch (Exception e)
            {
                // A store that breaks its contract must not end the runner.
                Log.LoopFailed(_core.Logger, e, "claim jobs");
            }
            if (!_stopping) await _pumpBell.SleepAsync(sleep);
        }
    }
}
