namespace Errand.Storage;

// Who holds what: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<RunnerId, RunnerLife> _runners = [];
    private readonly List<KindLines> _asked = [];

    private ClaimResult Claim_NeedsLock(ClaimRequest request, List<JobHint>? hints)
    {
        LiftDue_NeedsLock(request.Now, hints);
        List<Job> started = [], adopted = [];
        // A lapsed runner would adopt from itself what another is about to take, under a fence that still holds.
        if (_runners.GetValueOrDefault(request.Runner) is not { Lapsed: true })
        {
            _asked.Clear();
            foreach (string kind in request.Kinds)
            {
                if (!_kinds.TryGetValue(kind, out var lines)) continue;
                lines.IsPaused = IsPaused_NeedsLock(kind);
                _asked.Add(lines);
            }
            Adopt_NeedsLock(request, adopted, hints);
            Start_NeedsLock(request, request.Count - adopted.Count, started, hints);
        }
        var due = _future.First?.Job.ScheduledAt;
        return new(started, adopted, NextFree_NeedsLock(request.Now) is { } free && !(due < free) ? free : due);
    }

    private void Adopt_NeedsLock(ClaimRequest request, List<Job> adopted, List<JobHint>? hints)
    {
        while (adopted.Count < request.Count && FirstAsked_NeedsLock(orphaned: true) is { } stored)
        {
            var transition = JobTransition.Adopt(request.Runner, stored.Holder!.Id, request.Now);
            Write_NeedsLock(stored, transition.EdgeFrom(stored.Job.Phase)!, request.Now, hints);
            adopted.Add(stored.Job);
        }
    }

    private void Start_NeedsLock(ClaimRequest request, int count, List<Job> started, List<JobHint>? hints)
    {
        if (count <= 0) return;
        var transition = JobTransition.Start(request.Runner, request.Now);
        while (started.Count < count && FirstToStart_NeedsLock(request) is { } stored)
        {
            if (stored.Caps.Length > 0 && !MayStart_NeedsLock(stored, request.Now)) continue;
            Write_NeedsLock(stored, transition.EdgeFrom(stored.Job.Phase)!, request.Now, hints);
            started.Add(stored.Job);
        }
    }

    private StoredJob? FirstToStart_NeedsLock(ClaimRequest request)
    {
        var first = FirstAsked_NeedsLock(orphaned: false);
        return _open.Count > 0 && FirstAtOpenCap_NeedsLock(request) is { } waiting && (first is null || JobLine.IsBefore(waiting, first))
            ? waiting
            : first;
    }

    /// <summary>Takes the job out of the line of its cap, or puts it into that of the one that does not let it start.</summary>
    private bool MayStart_NeedsLock(StoredJob stored, DateTimeOffset now)
    {
        var (before, full) = (stored.Job.WaitsForCap, FullCapOf(stored, now));
        HoldAtCap(stored, full);
        if (full is null)
        {
            foreach (var cap in stored.Caps) cap.CountStart(now);
            return true;
        }
        Settle_NeedsLock(stored, null);
        SettleCap_NeedsLock(full);
        if (before is not null) SettleCap_NeedsLock(_caps[before]);
        return false;
    }

    private StoredJob? FirstAsked_NeedsLock(bool orphaned)
    {
        StoredJob? first = null;
        foreach (var lines in _asked)
            if ((orphaned ? lines.Orphaned : lines.IsPaused ? null : lines.Ready)?.First is { } job
                && (first is null || JobLine.IsBefore(job, first)))
                first = job;
        return first;
    }

    private HeartbeatResult Heartbeat_NeedsLock(RunnerBeat beat)
    {
        var life = LifeOf_NeedsLock(beat.Runner);
        if (life.Lapsed) return new(true, [], []);
        life.Beat = beat;
        return new(false,
            [.. life.Held.Select(stored => new HeldJob(stored.Job.Id, stored.Job.Attempt, stored.Job.Phase))],
            [.. _runners.Values.Where(other => other is { Lapsed: false, Beat: not null } && other != life).Select(other => other.Beat!)]);
    }

    private bool Lapse_NeedsLock(RunnerId runner, long seenBeat, List<JobHint>? hints)
    {
        if (_runners.GetValueOrDefault(runner) is not { Beat: { } beat } life) return false;
        if (life.Lapsed) return true;
        if (beat.Beat != seenBeat) return false;
        life.Lapsed = true;
        foreach (var stored in life.Held) Settle_NeedsLock(stored, hints);
        return true;
    }

    private void SettleHolder_NeedsLock(StoredJob stored)
    {
        var job = stored.Job;
        var holder = JobPhases.Held.Has(job.Phase) && job.Runner is { } runner ? LifeOf_NeedsLock(runner) : null;
        if (stored.Holder is { } before && before != holder)
        {
            before.Held.Remove(stored);
            if (before is { Beat: null, Held.Count: 0 }) _runners.Remove(before.Id);
        }
        if (holder is not null && holder != stored.Holder) holder.Held.Add(stored);
        stored.Holder = holder;
    }

    private RunnerLife LifeOf_NeedsLock(RunnerId runner)
    {
        if (!_runners.TryGetValue(runner, out var life)) _runners.Add(runner, life = new(runner));
        return life;
    }
}
