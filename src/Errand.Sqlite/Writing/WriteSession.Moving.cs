using Errand.Storage;

namespace Errand.Sqlite;

// What else changes when a job moves: its history, its session, its caps, and those that start after it.
internal sealed partial class WriteSession
{
    /// <summary>Starts a job, under caps that let it.</summary>
    /// <returns>The job after the write; nothing where it is not in line any more.</returns>
    public Job? Start(Job job, JobTransition start)
    {
        var edge = start.Edges[0];
        if (Updates.TryWrite(job.Id, start, edge, edge.From, fromLine: job.WaitsForCap is not null) is not { } written) return null;
        foreach (var cap in Caps.Of(job.Caps)) cap.CountStart(start.At);
        Note(job.Id, written.Seq, written.Version, ready: false);
        CountMove(job.Caps, JobPhase.Queued, edge.To!.Value, job.WaitsForCap);
        return (job with { Holds = JobHolds.None, WaitsForCap = null }).After(edge, start.At, written.Version);
    }

    /// <summary>Has a job that could start, but for a cap, wait in the line of that cap.</summary>
    public void HoldAt(CapState cap, Job job, long seq)
    {
        CapLines.Hold(seq, cap.Name);
        if (job.WaitsForCap is { } before) Caps.Of(before).CountWaiting(-1);
        cap.CountWaiting(+1);
    }

    private ApplyResult? TryWrite(JobId id, JobTransition transition, JobEdge edge)
    {
        var from = edge.From & ~transition.Already;
        Job? before = null;
        if (NeedsToKnow(from, edge))
        {
            if ((before = Jobs.Find(id)) is null) return null;
            from &= (JobPhases)(1 << (int)before.Phase);
        }
        if (Updates.TryWrite(id, transition, edge, from, fromLine: false) is not { } written) return null;
        if (edge.Events.Count > 0) History.Append(written, edge.Events);
        bool queued = edge.To == JobPhase.Queued;
        bool freed = written.Caps.Count > 0 && SettleCaps(written, from, edge, before);
        bool started = (edge.Change.Fields & JobFields.InLine) != 0;
        Note(id, written.Seq, written.Version, ready: queued || started || freed);
        bool ended = edge.To is { } phase && phase.IsTerminal();
        if (written.InSession)
        {
            if (queued) Lines.SettleInSession(written.Seq);
            else if (ended) Lines.ReleaseNext(written.Seq, Hints);
        }
        if (ended && (written.HasDependents || written.HasParents)) SettleDependents(id, written);
        return new ApplyResult(ApplyStatus.Applied, edge, written.Version);
    }

    private bool SettleCaps(WrittenJob written, JobPhases from, JobEdge edge, Job? before)
    {
        var left = FirstOf(from);
        bool moves = edge.To is not null || (edge.Change.Fields & JobFields.Due) != 0;
        string? line = left == JobPhase.Queued && moves ? before is null ? written.WaitsForCap : before.WaitsForCap : null;
        CountMove(written.Caps, left, edge.To ?? left, line);
        return JobPhases.Held.Has(left) && edge.To is { } to && !JobPhases.Held.Has(to) && Caps.Of(written.Caps).Any(cap => cap.IsOpen);
    }

    private void CountMove(IReadOnlyList<JobCap> caps, JobPhase from, JobPhase to, string? leavesLine)
    {
        if (from != to)
        {
            foreach (var cap in Caps.Of(caps))
            {
                cap.Count(from, -1);
                cap.Count(to, +1);
            }
        }
        if (leavesLine is not null) Caps.Of(leavesLine).CountWaiting(-1);
    }

    private void SettleDependents(JobId id, WrittenJob written)
    {
        if (written.HasParents) Dependencies.Forget(written.Seq);
        if (!written.HasDependents) return;
        Dependencies.Enter(written.Seq);
        Hints.Add(new(id, written.Version, Ready: false, Releases: true));
    }

    // Nearly every edge starts from phases that count the same. For one that does not, what the job was must be known before it is written.
    private static bool NeedsToKnow(JobPhases from, JobEdge edge)
    {
        bool isDue = (edge.Change.Fields & JobFields.Due) != 0 && from.Has(JobPhase.Queued);
        bool isMixed = (from & ~JobPhases.Queued) != 0 && (from & ~JobPhases.Held) != 0 && (from & ~JobPhases.Ended) != 0;
        return isDue || (isMixed && edge.To is not null);
    }

    private static JobPhase FirstOf(JobPhases phases) => (JobPhase)System.Numerics.BitOperations.TrailingZeroCount((int)phases);
}
