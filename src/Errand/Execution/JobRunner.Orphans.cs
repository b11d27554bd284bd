using Microsoft.Extensions.DependencyInjection;

namespace Errand;

// Work that goes on and that no store knows.
internal sealed partial class JobRunner
{
    private Queue<OrphanedJob>? _orphans;
    private int _takingUpOrphans;
    private bool _orphansTakenUp;

    /// <summary>Takes up what an earlier process has left behind, once; where the store does not answer, the next beat goes on with it.</summary>
    private void BeginToTakeUpOrphans()
    {
        if (_orphansTakenUp || Interlocked.Exchange(ref _takingUpOrphans, 1) != 0) return;
        // Whoever finds them looks into folders.
        _core.Scheduler.QueueBlocking(() => _ = TakeUpOrphansAsync());
    }

    private async Task TakeUpOrphansAsync()
    {
        try
        {
            _orphans ??= FindOrphans();
            while (!_stopping && _orphans.TryPeek(out var orphan))
            {
                await TakeUpAsync(orphan);
                _lostAnswers.Forget(orphan.Id);
                _orphans.Dequeue();
            }
            _orphansTakenUp = true;
        }
        catch (StoreUnavailableException e)
        {
            Log.OrphansDelayed(_core.Logger, e.Message);
        }
        catch (Exception e)
        {
            Log.LoopFailed(_core.Logger, e, "take up work that was left behind");
        }
        Volatile.Write(ref _takingUpOrphans, 0);
    }

    private Queue<OrphanedJob> FindOrphans()
    {
        var orphans = new Queue<OrphanedJob>(_core.Services.GetServices<IOrphanedWork>().SelectMany(work => work.Find()));
        // Where the answer to an add is lost, it is this that begins the job, by resuming it, and not the beats.
        foreach (var orphan in orphans) _lostAnswers.Settle(orphan.Id);
        return orphans;
    }

    private async ValueTask TakeUpAsync(OrphanedJob orphan)
    {
        if (_running.Find(orphan.Id) is not null || _running.Inline().Any(call => call.Id == orphan.Id)) return;
        if (_core.Kinds.Find(orphan.Spec.Kind) is not { } kind)
        {
            Log.OrphanUnknown(_core.Logger, orphan.Id, orphan.Spec.Kind);
            return;
        }
        var lease = Lease;
        if (!lease.IsFresh) throw new StoreUnavailableException("The runner has no lease for now.");
        var (now, startedAt) = (_core.Time.GetJobTime(), JobTime.Whole(orphan.StartedAt));
        var job = Job.Running(orphan.Id, orphan.Spec, lease.Runner, createdAt: startedAt, startedAt) with { PromotedAt = now, LastActivityAt = now };
        if (await _core.Store.FindAsync(job.Id) is { } known && known.Fence != job.Fence) return;
        var results = await _core.Store.AddAsync(_core.Notices.WithNotices([job], static _ => true));
        // Where another process was faster, or an earlier one after all, it is theirs.
        if (results[0] is not { Refusal: null, Job: var added } || added.Id != job.Id || added.Fence != job.Fence || added.IsTerminal) return;
        NoticeJobs.Count(results, from: 1);
        Log.OrphanTakenUp(_core.Logger, orphan.Id, orphan.Spec.Kind);
        TakeSlot(kind);
        var execution = Expect(added);
        await execution.NoteAsync(new(now, JobEvents.Adopted, lease.Runner.Text, "its process had died before it was stored", added.Attempt));
        execution.Begin(resume: true);
    }
}
