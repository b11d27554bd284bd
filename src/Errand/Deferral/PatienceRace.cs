using System.Threading.Tasks.Sources;
using Errand.Diagnostics;

namespace Errand;

/// <summary>
/// The race between one running body and its caller's patience. Whoever is first decides: the outcome, and the caller gets it and no store
/// ever hears of the call; or the clock, and the body goes on as a stored job whose id the caller gets. The body is the same one throughout.
/// </summary>
internal sealed class PatienceRace : IValueTaskSource<CallResult>
{
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);
    private readonly JobExecution _execution;
    private readonly OnAbandon _onAbandon;
    private ManualResetValueTaskSourceCore<CallResult> _answer = new() { RunContinuationsAsynchronously = true };
    private Stage _stage;
    private JobOutcome? _outcome;
    private ITimer? _patience;
    private CancellationTokenRegistration _abandoned;
    private TaskCompletionSource? _stored;
    private RunnerLease? _maybeWrittenUnder;
    private bool _callerGaveUp;
    private bool _answered;

    public PatienceRace(JobExecution execution, OnAbandon onAbandon)
    {
        _execution = execution;
        _onAbandon = onAbandon;
        execution.Call = this;
    }

    private enum Stage
    {
        Inline,
        Promoting,
        Stored,
        Abandoned,
        Ended,
    }

    private ErrandCore Core => _execution.Core;

    public ValueTask<CallResult> RunAsync(TimeSpan patience, CancellationToken abandon)
    {
        lock (_execution.Lock)
        {
            // The body may have ended on another thread already.
            if (_stage == Stage.Inline)
            {
                // Whoever waits without end relies on the limit alone.
                if (patience == Timeout.InfiniteTimeSpan) _execution.Stop.WatchLimit();
                else
                    _patience = Core.Time.CreateTimer(
                        static race => ((PatienceRace)race!).BeginPromotion(), this, patience, Timeout.InfiniteTimeSpan);
                if (abandon.CanBeCanceled) _abandoned = abandon.UnsafeRegister(static race => ((PatienceRace)race!).OnAbandoned(), this);
            }
        }
        return new(this, _answer.Version);
    }

    CallResult IValueTaskSource<CallResult>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<CallResult>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<CallResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    /// <summary>The work is over; told once.</summary>
    public void OnEnded(JobOutcome outcome)
    {
        bool answer;
        lock (_execution.Lock)
        {
            _outcome = outcome;
            answer = _stage is Stage.Inline or Stage.Abandoned;
            if (answer) _stage = Stage.Ended;
            // While promoting, the promotion decides what becomes of the outcome.
            else if (_stage == Stage.Promoting) return;
        }
        if (answer) AnswerPlainly(outcome);
        else _ = _execution.FinishAsync(outcome);
    }

    private void OnAbandoned()
    {
        if (_onAbandon == OnAbandon.Promote) BeginPromotion();
        else
        {
            lock (_execution.Lock)
            {
                _callerGaveUp = true;
                // While promoting, the store's answer decides: what it has taken goes on.
                if (_stage != Stage.Inline) return;
                _stage = Stage.Abandoned;
            }
            _execution.Stop.TryStop(StopReason.Abandoned);
            Answer(default, new OperationCanceledException("The caller gave up.", _abandoned.Token));
        }
    }

    private void BeginPromotion()
    {
        lock (_execution.Lock)
            if (!TryBeginPromotion_NeedsLock()) return;
        Promote();
    }

    private bool TryBeginPromotion_NeedsLock()
    {
        if (_stage != Stage.Inline) return false;
        _stage = Stage.Promoting;
        return true;
    }

    private void Promote()
    {
        _execution.Stop.WatchLimit();
        Core.Scheduler.Queue(() => _ = PromoteAsync());
    }

    /// <summary>Hands the call over at once, for work that needs to be stored before it can go on.</summary>
    /// <exception cref="OperationCanceledException">Its caller gave up, or it has ended: it is never handed over.</exception>
    public async Task PromoteNowAsync()
    {
        TaskCompletionSource stored;
        bool begins;
        lock (_execution.Lock)
        {
            if (_stage == Stage.Stored) return;
            // The work may go on after it was told to stop; without this it would wait for ever.
            if (_stage is Stage.Abandoned or Stage.Ended) throw new OperationCanceledException("The call is over, and is never handed over.");
            stored = _stored ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            begins = TryBeginPromotion_NeedsLock();
        }
        if (begins) Promote();
        await stored.Task;
    }

    /// <summary>The process stops and the work goes on: its caller is to have the id of the job that another process takes up.</summary>
    public void HandOverToLeave() => BeginPromotion();

    /// <summary>The process goes, and the work goes on without it.</summary>
    public void OnLeft()
    {
        lock (_execution.Lock)
            if (_stage != Stage.Stored) _stage = Stage.Ended;
        Answer(default, ShuttingDownException.WithWorkLeft());
    }

    private async Task PromoteAsync()
    {
        var runner = Core.Runner!;
        runner.ExpectPromotion(_execution.Id);
        while (true)
        {
            try { _execution.Describe(); }
            catch (Exception e)
            {
                // What cannot be written down cannot be handed over.
                if (!await GoOnInlineAsync(e)) return;
                continue;
            }
            var lease = _maybeWrittenUnder ?? runner.Lease;
            try
            {
                var job = _execution.Snapshot(lease.Runner, Core.Time.GetJobTime());
                if (runner.IsStopping && !_execution.Outlives) throw new ShuttingDownException();
                // A row that may have been written under a lease that is lost belongs to whoever took over: this call is never handed over.
                if (!lease.IsFresh) throw new StoreUnavailableException("The runner has no lease for now.");
                var results = await Core.Store.AddAsync(Core.Notices.WithNotices([job], static _ => true));
                var added = results[0];
                if (added.Job.Fence != job.Fence)
                    throw new StoreUnavailableException("Another runner has taken over the job that a failed hand-over had left.");
                NoticeJobs.Count(results, from: 1);
                OnStored(added.Job);
                return;
            }
            catch (ShuttingDownException e)
            {
                if (!await GoOnInlineAsync(e)) return;
            }
            catch (Exception e)
            {
                if (lease.IsFresh) _maybeWrittenUnder = lease;
                if (!await GoOnInlineAsync(e)) return;
            }
        }
    }

    private void OnStored(Job job)
    {
        JobOutcome? outcome;
        bool isLeft;
        _execution.Promoted(job);
        Core.Runner!.TakeOverPromoted(_execution);
        lock (_execution.Lock)
        {
            // The process went on stopping without it.
            isLeft = _stage == Stage.Ended;
            if (!isLeft) _stage = Stage.Stored;
            outcome = _outcome;
        }
        if (isLeft)
        {
            Core.Runner.OnEnded(_execution);
            return;
        }
        ErrandTelemetry.Promoted(_execution);
        _stored?.TrySetResult();
        Answer(CallResult.Promoted(job));
        if (outcome is not null) _ = _execution.FinishAsync(outcome);
        else if (_execution.Outlives && Core.Runner.IsStopping) _execution.LeaveToNext();
    }

    /// <summary>The store did not take the job: the caller goes on waiting, and no id was given out.</summary>
    /// <returns>Whether to try again, after a pause.</returns>
    private async ValueTask<bool> GoOnInlineAsync(Exception problem)
    {
        PromotionLog.Delayed(Core.Logger, _execution.Spec.Kind, problem.Message);
        if (EndIfOutcomeIsKnown()) return false;
        bool gaveUp;
        lock (_execution.Lock)
        {
            if (_stage == Stage.Ended) return false;
            _stage = Stage.Inline;
            gaveUp = _callerGaveUp;
        }
        Interlocked.Exchange(ref _stored, null)?.TrySetException(problem);
        if (gaveUp) OnAbandoned();
        await Task.Delay(PauseAfterRefusal, Core.Time);
        lock (_execution.Lock)
        {
            if (_stage != Stage.Inline) return false;
            _stage = Stage.Promoting;
            return true;
        }
    }

    private bool EndIfOutcomeIsKnown()
    {
        JobOutcome outcome;
        lock (_execution.Lock)
        {
            if (_outcome is null) return false;
            outcome = _outcome;
            _stage = Stage.Ended;
        }
        AnswerPlainly(outcome);
        return true;
    }

    private void AnswerPlainly(JobOutcome outcome)
    {
        Core.Runner!.RemoveInline(_execution);
        if (_maybeWrittenUnder is { } lease) _ = Core.Runner.SettlePromotionAsync(new(lease.Runner, _execution.Attempt), _execution.Id, outcome);
        else Core.Runner.ForgetPromotion(_execution.Id);
        _execution.ForgetInline();
        Answer(CallResult.Ended(outcome, _execution.Thrown));
    }

    private void Answer(CallResult result, Exception? failure = null)
    {
        lock (_execution.Lock)
        {
            if (_answered) return;
            _answered = true;
        }
        _patience?.Dispose();
        // Not awaited: the registration's callback may be running, and it may be what brought us here.
        _abandoned.Unregister();
        if (failure is null) _answer.SetResult(result);
        else _answer.SetException(failure);
    }
}
