
namespace Errand;

// Calls that began in their callers' patience.
internal sealed partial class JobRunner
{
    public void AddInline(JobExecution execution) => _running.AddInline(execution);

    public void RemoveInline(JobExecution execution)
    {
        _running.RemoveInline(execution);
        if (_stopping) NoticeEmpty();
    }

    /// <summary>A call is about to be written as a job that runs here: until this is known, no beat takes it for lost.</summary>
    public void ExpectPromotion(JobId id) => _lostAnswers.Settle(id);

    public void ForgetPromotion(JobId id) => _lostAnswers.Forget(id);

    /// <summary>A call was promoted: it counts from now on, whether or not a slot is free.</summary>
    public void TakeOverPromoted(JobExecution execution)
    {
        if (execution.TakesSlot) Admission.Take();
        _running.Add(execution);
        _running.RemoveInline(execution);
    }

    /// <summary>
    /// A try to promote a call may have been written after all although the call was answered plainly: then its row must end as the call did.
    /// </summary>
    public async Task SettlePromotionAsync(JobFence fence, JobId id, JobOutcome outcome)
    {
        while (!HasLeft)
        {
            try
            {
                var now = _core.Time.GetJobTime();
                await _core.Store.ApplyAsync([new(id, JobTransition.Finish(fence, outcome, now))]);
                break;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(_core.Options.PollInterval, _core.Time);
            }
        }
        _lostAnswers.Forget(id);
    }
}
