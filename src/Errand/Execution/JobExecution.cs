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
    private readonly Lock _lock = new();
    private readonly IJobExecutor? _executor;
    private readonly JobKind? _kind;
    private readonly DateTimeOffset _createdAt;
    private RunningJob? _stored;
    private IServiceScope? _scope;
    private JobId _id;
    private JobProgress? _progress;
    private JobData _checkpoint;
    private int _concluded;
    private bool _holdsSlot;

    private JobExecution(ErrandCore core, JobSpec spec, JobKind? kind, IJobExecutor? executor, DateTimeOffset createdAt)
    {
        Core = core;
        Spec = spec;
        _kind = kind;
        _executor = executor;
        _createdAt = createdAt;
        Stop = new ExecutionStop(core.Time, OnStopped);
        Output = new ExecutionOutput(this);
        Context = new JobContext(this);
        _answers = new WakeUp(core.Time);
    }

    /// <summary>A call inside its caller's patience.</summary>
    public static JobExecution Inline(ErrandCore core, JobSpec spec, JobKind? kind, IJobExecutor? executor) =>
        new(core, spec, kind, executor, core.Time.GetJobTime()) { StartedAt = core.Time.GetJobTime(), Attempt = 1 };

    /// <summary>A job that this process's runner holds, with the slot it takes.</summary>
    public static JobExecution Held(ErrandCore core, JobKind kind, Job job) => new(core, job.Spec, kind, null, job.CreatedAt)
    {
        _stored = new(core.Store, job), _id = job.Id, _checkpoint = job.Checkpoint, _holdsSlot = true,
        Attempt = job.Attempt, StartedAt = job.StartedAt ?? job.CreatedAt,
    };

    public ErrandCore Core { get; }

    public JobSpec Spec { get; }

    public JobContext Context { get; }

    public ExecutionStop Stop { get; }

    public ExecutionOutput Output { get; }

    public int Attempt { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public JobData Checkpoint => _checkpoint;

    /// <summary>What the body threw, for a caller that is still there.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>The job as this process last knew it; none while no store knows it.</summary>
    public RunningJob? Stored => Volatile.Read(ref _stored);

    /// <summary>Told once, when the work of an inline call is over.</summary>
    public Action<JobOutcome>? InlineEnded { get; set; }

    public JobId Id
    {
        get
        {
            if (Stored is null && _id.IsEmpty)
                lock (_lock)
                    if (_id.IsEmpty) _id = Core.NewId(_createdAt);
            return _id;
        }
    }

    public IServiceProvider Services
    {
        get
        {
            lock (_lock) return (_scope ??= Core.Services.CreateScope()).ServiceProvider;
        }
    }

    public JobLimits Limits => Spec.Limits ?? _kind?.Limits ?? (_kind is null ? JobLimits.None : Core.Options.DefaultLimits);

    public bool Restartable => _kind?.Restartable ?? false;

    private bool RunsOnOwnThread => _kind is { } kind && (kind.Blocking || kind.SeenBlocking);

    /// <summary>Runs a stored job from its beginning, or goes on with it.</summary>
    public void Begin(bool resume)
    {
        Stop.StartClock(Limits.WallTime);
        if (Stored!.Current.Phase is JobPhase.RunningCancelling) StopForCancel(Stored.Current);
        void Work() => _ = RunToEndAsync(resume);
        if (RunsOnOwnThread) Core.Scheduler.QueueBlocking(Work);
        else Core.Scheduler.Queue(Work);
    }

    /// <summary>Runs an inline call. An asynchronous body starts on the caller's thread.</summary>
    /// <returns>Whether it has already ended, and how.</returns>
    public JobOutcome? BeginInline()
    {
        Stop.StartClock(Limits.WallTime);
        if (RunsOnOwnThread)
        {
            Core.Scheduler.QueueBlocking(() => _ = RunToEndAsync(resume: false));
            return null;
        }
        var body = RunBodyAsync(resume: false);
        if (!body.IsCompletedSuccessfully)
        {
            _ = ConcludeAfterAsync(body);
            return null;
        }
        var outcome = body.Result;
        return TryConclude() ? outcome : null;
    }

    /// <summary>The call was written to the store as a job that runs here.</summary>
    public void Promoted(Job job)
    {
        _holdsSlot = true;
        Volatile.Write(ref _stored, new(Core.Store, job));
        Output.Promote();
        ScheduleProgressWrite();
    }

    /// <summary>The job as it would be written now, held by a runner.</summary>
    public Job Snapshot(RunnerId runner, DateTimeOffset promotedAt) =>
        Job.Running(Id, Spec, runner, _createdAt, StartedAt) with
        {
            Progress = _progress, Checkpoint = _checkpoint, PromotedAt = promotedAt, LastActivityAt = promotedAt,
        };

    private async Task RunToEndAsync(bool resume)
    {
        var outcome = await RunBodyAsync(resume);
        if (TryConclude()) await ConcludeAsync(outcome);
    }

    private async Task ConcludeAfterAsync(ValueTask<JobOutcome> body)
    {
        var outcome = await body;
        if (TryConclude()) await ConcludeAsync(outcome);
    }

    private async ValueTask<JobOutcome> RunBodyAsync(bool resume)
    {
        var activity = ErrandTelemetry.StartRun(this);
        var outcome = await RunExecutorAsync(resume);
        ErrandTelemetry.RunEnded(this, activity, outcome);
        return outcome;
    }

    private async ValueTask<JobOutcome> RunExecutorAsync(bool resume)
    {
        try
        {
            var executor = _executor ?? _kind!.Executor(Context);
            long startedAt = Core.Time.GetTimestamp();
            var body = resume ? executor.ResumeAsync(Context) : executor.RunAsync(Context);
            if (_kind is { SeenBlocking: false, Blocking: false }) NoticeBlocking(Core.Time.GetElapsedTime(startedAt));
            return AfterStop(await body);
        }
        catch (Exception e)
        {
            Thrown = e;
            return AfterStop(OutcomeOf(e));
        }
    }

    // The first word counts: what work returns after it ran past its limit is not its outcome.
    private JobOutcome AfterStop(JobOutcome outcome) => Stop.Reason switch
    {
        StopReason.TimedOut => TimedOut(),
        StopReason.ShuttingDown when outcome.Error?.Code == JobErrorCodes.Exception && Thrown is OperationCanceledException => ShutDown(),
        _ => outcome,
    };

    private static JobOutcome OutcomeOf(Exception e) => e switch
    {
        JobErrorException failure => JobOutcome.Failed(failure.Error),
        _ => JobOutcome.Failed(new JobError(JobErrorCodes.Exception, $"{e.GetType().Name}: {e.Message}")),
    };

    private JobOutcome TimedOut() => JobOutcome.Failed(new JobError(JobErrorCodes.Timeout,
        $"It ran past its limit of {Limits.WallTime} and was stopped. Give it a longer limit (JobSpec.Limits), or make it do less."));

    private static JobOutcome ShutDown() => JobOutcome.Interrupted(
        "The process that ran this job was shut down before it ended. Its output up to then is kept. Submit it again if it is safe to run twice.");

    private void NoticeBlocking(TimeSpan elapsed)
    {
        if (elapsed < BlockingFrom) return;
        _kind!.SeenBlocking = true;
        Log.SeenBlocking(Core.Logger, _kind.Name, elapsed.TotalMilliseconds);
    }

    private bool TryConclude() => Interlocked.Exchange(ref _concluded, 1) == 0;

    private async Task ConcludeAsync(JobOutcome outcome)
    {
        if (InlineEnded is { } ended) ended(outcome);
        else await FinishAsync(outcome);
    }

    private void DisposeRun()
    {
        Stop.Dispose();
        IServiceScope? scope;
        lock (_lock)
        {
            scope = _scope;
            _scope = null;
        }
        if (scope is IAsyncDisposable disposable) _ = disposable.DisposeAsync().AsTask();
        else scope?.Dispose();
    }
}
