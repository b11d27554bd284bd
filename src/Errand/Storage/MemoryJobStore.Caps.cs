namespace Errand.Storage;

// What jobs take of the caps that they stand under: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<string, CapLine> _caps = [];
    // Those with somebody in line whom they may let start.
    private readonly HashSet<CapLine> _open = [];

    private CapLine CapOf_NeedsLock(JobCap cap)
    {
        if (!_caps.TryGetValue(cap.Name, out var line)) _caps.Add(cap.Name, line = new(cap));
        return line;
    }

    private void JoinCaps_NeedsLock(StoredJob stored)
    {
        if (stored.Job.Caps.Count == 0) return;
        stored.Caps = [.. stored.Job.Caps.Select(CapOf_NeedsLock)];
        for (int i = 0; i < stored.Caps.Length; i++) stored.Caps[i].Cap = stored.Job.Caps[i];
        if (stored.Job is { Phase: JobPhase.Queued, Holds: JobHolds.None }) HoldAtCap(stored, stored.Caps.FirstOrDefault(cap => cap.IsCrowded));
    }

    private static void CountInCaps_NeedsLock(StoredJob stored, JobPhase phase, int change)
    {
        foreach (var cap in stored.Caps)
        {
            if (phase == JobPhase.Queued) cap.Queued += change;
            else if (JobPhases.Held.Has(phase)) cap.Running += change;
        }
    }

    /// <summary>Whether somebody may start now who could not before this job left.</summary>
    private bool SettleCaps_NeedsLock(StoredJob stored)
    {
        bool anyOpen = false;
        foreach (var cap in stored.Caps)
        {
            anyOpen |= SettleCap_NeedsLock(cap);
            if (cap is { Running: 0, Queued: 0, Cap.Size.Rate: null }) _caps.Remove(cap.Cap.Name);
        }
        return anyOpen;
    }

    private bool SettleCap_NeedsLock(CapLine cap)
    {
        bool isOpen = cap.HasRoom && cap.Waiting > 0;
        if (isOpen) _open.Add(cap);
        else _open.Remove(cap);
        return isOpen;
    }

    private static void HoldAtCap(StoredJob stored, CapLine? cap)
    {
        var holds = cap is null ? stored.Job.Holds & ~JobHolds.Cap : stored.Job.Holds | JobHolds.Cap;
        stored.Job = stored.Job with { Holds = holds, WaitsForCap = cap?.Cap.Name };
    }

    /// <summary>The first cap that does not let the job start now.</summary>
    private static CapLine? FullCapOf(StoredJob stored, DateTimeOffset now)
    {
        foreach (var cap in stored.Caps)
            if (!cap.Lets(now)) return cap;
        return null;
    }

    private StoredJob? FirstAtOpenCap_NeedsLock(ClaimRequest request)
    {
        StoredJob? first = null;
        foreach (var cap in _open)
        {
            if (!cap.Lets(request.Now)) continue;
            foreach (string kind in request.Kinds)
                if (!IsPaused_NeedsLock(kind) && cap.FirstOf(kind) is { } job && (first is null || JobLine.IsBefore(job, first))) first = job;
        }
        return first;
    }

    private DateTimeOffset? NextFree_NeedsLock(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var cap in _open)
            if (cap.Cap.Size.Rate is not null && cap.FreeAt > now && !(next < cap.FreeAt)) next = cap.FreeAt;
        return next;
    }
}
