using System.Globalization;
using Errand.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Errand;

/// <summary>
/// One run of a job in flight in this process. It begins either in its caller's patience, known to no store, or with a job that a runner
/// holds; the body is the same and is started once.
/// </summary>
internal sealed partial class JobExecution : IProgress<JobProgress>
{
    private static readonly TimeSpan BlockingFrom = TimeSpan.FromMilliseconds(20);
    private static readonly AsyncLocal<JobExecution?> Ambient = new();
    private readonly IJobExecutor? _executor;
    private readonly JobKind? _kind;
    private RunningJob? _stored;
    private IServiceScope? _scope;
    private JobId _id;
    private ExecutionOutput? _output;
    private JobProgress? _progress;
    private JobData _checkpoint;
    private int _concluded;
    private bool _holdsSlot;
    private bool _described;

    private JobExecution(ErrandCore core, JobSpec spec, JobKind? kind, IJobExecutor? executor)
    {
        Core = core;
        Spec = spec;
        _kind = kind;
        _executor = executor;
        Stop = new ExecutionStop(this);
        Context = new JobContext(this);
    }

    /// <summary>A call inside its caller's patience.</summary>
    public static JobExecution Inline(ErrandCore core, JobSpec spec, JobKind? kind, IJobExecutor? executor) =>
        new(core, spec, kind, executor) { StartedAt = core.Time.GetJobTime(), Attempt = 1 };

    /// <summary>
    /// A job that this process's runner holds, with the slot it takes; its body is that of a call that was stored before it started.
    /// </summary>
    public static JobExecution Held(ErrandCore core, JobKind kind, Job job, IJobExecutor? body) => new(core, job.Spec, kind, body)
    {
        _stored = new(core.Store, job), _id = job.Id, _checkpoint = job.Checkpoint, _holdsSlot = !kind.OutsideSlots,
        Attempt = job.Attempt, StartedAt = job.StartedAt ?? job.CreatedAt,
    };

    /// <summary>The execution whose work is asking, through all that it awaits.</summary>
    public static JobExecution? Current => Ambient.Value;

    /// <summary>
    /// Guards the small state of one execution, its call and its output. One object for all, and none of its own: executions are many.
    /// </summary>
    public object Lock => Stop;

    public ErrandCore Core { get; }

    public JobSpec Spec { get; private set; }

    public JobContext Context { get; }

    public ExecutionStop Stop { get; }

    /// <summary>What the work writes; made when it writes for the first time.</summary>
    public ExecutionOutput Output
    {
        get
        {
            if (Volatile.Read(ref _output) is { } output) return output;
            lock (Lock) return _output ??= new ExecutionOutput(this);
        }
    }

    /// <summary>Whether nothing that the work writes counts any more.</summary>
    public bool OutputIsOver { get; private set; }

    /// <summary>The call that waits for this execution, while no store knows it.</summary>
    public PatienceRace? Call { get; set; }

    public int Attempt { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public JobData Checkpoint => _checkpoint;

    /// <summary>What the body threw, for a caller that is still there.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>The job as this process last knew it; none while no store knows it.</summary>
    public RunningJob? Stored => Volatile.Read(ref _stored);

    public JobId Id
    {
        get
        {
            if (Stored is null && _id.IsEmpty)
                lock (Lock)
                    if (_id.IsEmpty) _id = Core.NewId(StartedAt);
            return _id;
        }
    }

    public IServiceProvider Services
    {
        get
        {
            lock (Lock) return (_scope ??= Core.Services.CreateScope()).ServiceProvider;
        }
    }

    public JobLimits Limits => Spec.Limits ?? _kind?.Limits ?? (_kind is null ? JobLimits.None : Core.Options.DefaultLimits);

    public bool Restartable => _kind?.Restartable ?? false;

    /// <summary>Whether the work goes on without this process.</summary>
    public bool Outlives => _kind?.Outlives ?? false;

    /// <summary>Whether it counts among the jobs that the runner may run at once.</summary>
    public bool TakesSlot => _kind is not { OutsideSlots: true };

    private bool RunsOnOwnThread => _kind is { } kind && (kind.Blocking || kind.SeenBlocking);

    /// <summary>Runs a stored job from its beginning, or goes on with it.</summary>
    public void Begin(bool resume)
    {
        Stop.StartClock(Limits.WallTime, resume && Outlives ? RanBefore() : default);
        Stop.WatchLimit();
        if (Stored!.Current.Phase is JobPhase.RunningCancelling) StopForCancel(Stored.Current);
        void Work() => _ = RunToEndAsync(resume);
        // Until its kind has shown that it comes to an await, a body may block: then not a thread that all share.
        if (RunsOnOwnThread || _kind is { SeenYielding: false }) Core.Scheduler.QueueBlocking(Work);
        else Core.Scheduler.Queue(Work);
    }

    /// <summary>Runs an inline call. An asynchronous body starts on the caller's thread, and may have ended when this returns.</summary>
    public void BeginInline()
    {
        Stop.StartClock(Limits.WallTime);
        if (!RunsOnOwnThread) _ = RunToEndAsync(resume: false);
        // With its caller's ambient values, as a body that starts on the caller's thread has them.
        else if (ExecutionContext.Capture() is { } callers) Core.Scheduler.QueueBlocking(() => ExecutionContext.Run(callers, RunInline, this));
        else Core.Scheduler.QueueBlocking(() => RunInline(this));
    }

    private TimeSpan RanBefore() => Core.Time.GetUtcNow() is var now && now > StartedAt ? now - StartedAt : default;

    private static void RunInline(object? execution) => _ = ((JobExecution)execution!).RunToEndAsync(resume: false);

    /// <summary>The call is about to be stored: what it was asked for is needed now.</summary>
    public void Describe()
    {
        if (_executor is not ICallBody body || _described) return;
        Spec = body.Describe(Spec);
        Core.Check(Spec);
        _described = true;
    }

    /// <summary>The call was written to the store as a job that runs here.</summary>
    public void Promoted(Job job)
    {
        _holdsSlot = TakesSlot;
        Volatile.Write(ref _stored, new(Core.Store, job));
        Volatile.Read(ref _output)?.Promote();
        ScheduleProgressWrite();
    }

    /// <summary>The call as a job, held by a runner; it started when it was called.</summary>
    public Job Snapshot(RunnerId runner, DateTimeOffset promotedAt) =>
        Job.Running(Id, Spec, runner, StartedAt, StartedAt) with
        {
            Progress = _progress, Checkpoint = _checkpoint, PromotedAt = promotedAt, LastActivityAt = promotedAt,
        };

    // One method, because each one that waits costs an inline call an object more.
    private async Task RunToEndAsync(bool resume)
    {
        var activity = ErrandTelemetry.StartRun(this);
        Ambient.Value = this;
        JobOutcome outcome;
        try
        {
            outcome = await StartBody(resume) ??
                throw new InvalidOperationException($"The executor of '{Spec.Kind}' returned no outcome; return JobOutcome.Completed().");
        }
        catch (Exception e)
        {
            Thrown = e;
            outcome = OutcomeOf(e);
        }
        outcome = AfterStop(outcome);
        ErrandTelemetry.RunEnded(this, activity, outcome);
        if (TryConclude()) Conclude(outcome);
    }

    private ValueTask<JobOutcome> StartBody(bool resume)
    {
        var executor = _executor ?? _kind!.Executor(Context);
        long startedAt = Core.Time.GetTimestamp();
        var body = resume ? executor.ResumeAsync(Context) : executor.RunAsync(Context);
        if (_kind is { SeenBlocking: false, Blocking: false }) NoticeBlocking(Core.Time.GetElapsedTime(startedAt));
        return body;
    }

    // The first word counts: what work returns after it ran past its limit is not its outcome.
    private JobOutcome AfterStop(JobOutcome outcome) => Stop.Reason switch
    {
        StopReason.TimedOut => TimedOut(),
        StopReason.OutputLimit => WroteTooMuch(),
        StopReason.ShuttingDown when outcome.Error?.Code == JobErrorCodes.Exception && Thrown is OperationCanceledException => ShutDown(),
        _ => outcome,
    };

    private JobOutcome OutcomeOf(Exception e) => e switch
    {
        JobErrorException failure => JobOutcome.Failed(failure.Error),
        _ => JobOutcome.Failed(new JobError(JobErrorCodes.Exception, $"{e.GetType().Name}: {e.Message}", IsWorthRetrying(e))),
    };

    private bool IsWorthRetrying(Exception e)
    {
        try { return _kind?.IsWorthRetrying?.Invoke(e) ?? true; }
        catch (Exception)
        {
            // Whoever cannot tell leaves it to the policy.
            return true;
        }
    }

    private JobOutcome TimedOut() => JobOutcome.Failed(new JobError(JobErrorCodes.Timeout,
        $"It ran for {Seconds(Stop.Ran())}, past its limit of {Seconds(Limits.WallTime)}, and was stopped. " +
        "Give it a longer limit (JobSpec.Limits), or make it do less."));

    private JobOutcome WroteTooMuch() => JobOutcome.Failed(new JobError(JobErrorCodes.LimitOutput, string.Create(CultureInfo.InvariantCulture,
        $"It wrote {Output.Writer.Bytes:N0} bytes of output, past its limit of {Limits.OutputBytes:N0}, and was stopped. ") +
        "Give it a larger limit (JobSpec.Limits), or make it write less.", Retryable: false));

    private static string Seconds(TimeSpan? time) => FormattableString.Invariant($"{time?.TotalSeconds:0.###} s");

    private static JobOutcome ShutDown() => JobOutcome.Interrupted(
        "The process that ran this job was shut down before it ended. Its output up to then is kept. Submit it again if it is safe to run twice.");

    private void NoticeBlocking(TimeSpan elapsed)
    {
        if (elapsed < BlockingFrom)
        {
            _kind!.SeenYielding = true;
            return;
        }
        _kind!.SeenBlocking = true;
        Log.SeenBlocking(Core.Logger, _kind.Name, elapsed.TotalMilliseconds);
    }

    private bool TryConclude() => Interlocked.Exchange(ref _concluded, 1) == 0;

    private void Conclude(JobOutcome outcome)
    {
        if (IsLeft) Leave();
        else if (Call is { } call) call.OnEnded(outcome);
        else _ = FinishAsync(outcome);
    }

    /// <summary>Work that was left behind may still write: from now on to a log that ignores it.</summary>
    private ExecutionOutput? EndOutput()
    {
        lock (Lock)
        {
            OutputIsOver = true;
            return _output;
        }
    }

    private void DisposeRun()
    {
        Stop.End();
        IServiceScope? scope;
        lock (Lock)
        {
            scope = _scope;
            _scope = null;
        }
        if (scope is IAsyncDisposable disposable) _ = disposable.DisposeAsync().AsTask();
        else scope?.Dispose();
    }
}
