namespace Errand;

// How the runner takes jobs from the line.
internal sealed partial class JobRunner
{
    // Only their caps bound the jobs that take no slot, so they are taken a few at a time.
    private const int OutsideSlotsAtOnce = 16;

    /// <summary>Claims until the slots are full or the line is empty; what takes no slot also when they are full.</summary>
    /// <returns>How long until the next job comes due, or until there may be room for one.</returns>
    private async ValueTask<TimeSpan?> ClaimAsync()
    {
        while (!_stopping)
        {
            var lease = Lease;
            if (!Gate.Look()) return ResourceGate.LookInterval;
            // A process that was frozen must hear whether it still is the runner it was, before it takes anything.
            if (!lease.IsFresh)
            {
                _beatBell.Ring();
                return null;
            }
            int slots = Admission.TryTake(Admission.Free);
            var (kinds, count) = slots > 0 ? (_core.Kinds.Names, slots) : (_core.Kinds.OutsideSlots, OutsideSlotsAtOnce);
            if (slots == 0 && kinds.Count == 0) return null;
            var (isMore, untilDue) = await ClaimAsync(lease, kinds, count, slots);
            if (!isMore) return untilDue;
        }
        return null;
    }

    /// <summary>Claims once, and begins what it has got.</summary>
    /// <returns>Whether there may be more to claim; if not, how long until the next job comes due.</returns>
    private async ValueTask<(bool IsMore, TimeSpan? UntilDue)> ClaimAsync(RunnerLease lease, IReadOnlyCollection<string> kinds, int count, int slots)
    {
        if (slots > 0) _lineMayHoldJobs = false;
        int taken = 0;
        try
        {
            using var claiming = _lostAnswers.Ask();
            var claim = await _core.Store.ClaimAsync(new(lease.Runner, kinds, count, _due.Now));
            // A lease that was lost meanwhile took the jobs along: others adopt them.
            if (lease.IsLost) return (false, TimeSpan.Zero);
            foreach (var job in claim.Adopted) taken += BeginAdopted(job);
            foreach (var job in claim.Started) taken += Begin(job, resume: false);
            if (claim.Adopted.Count + claim.Started.Count < count) return (false, claim.NextDue - _due.Now);
            _lineMayHoldJobs = true;
            return (true, null);
        }
        catch
        {
            _lineMayHoldJobs = true;
            throw;
        }
        finally
        {
            Admission.PutBack(slots - taken);
        }
    }

    private static int SlotsOf(JobKind kind) => kind.OutsideSlots ? 0 : 1;

    private void TakeSlot(JobKind kind)
    {
        if (!kind.OutsideSlots) Admission.Take();
    }

    private void ReleaseSlot(JobKind kind)
    {
        if (!kind.OutsideSlots) Admission.Release();
    }

    /// <returns>How many slots it takes.</returns>
    private int Begin(Job job, bool resume)
    {
        var execution = Expect(job);
        execution.Begin(resume);
        return execution.TakesSlot ? 1 : 0;
    }
}
