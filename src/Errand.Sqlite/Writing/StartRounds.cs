using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>
/// Starts the jobs that are first by rank and order of arrival, over the lines of their kinds and those of caps that let one start. It looks
/// at the heads of each, and again at the heads that are left, until it has enough.
/// </summary>
internal sealed class StartRounds(WriteSession session, ClaimRequest request, int count)
{
    // A bound, so that those whom a cap holds back do not hold up everybody else's writes the first time that they are met. The claim is asked
    // again for the rest.
    private const int MostHeldBackAtOnce = 2000;

    private readonly List<LineHead> _heads = [];
    private readonly JobTransition _start = JobTransition.Start(request.Runner, request.Now);
    private int _heldBack;

    public void Start(List<Job> started)
    {
        string[] kinds = [.. request.Kinds.Where(kind => session.Gates.PausesOf(kind) is null).Distinct()];
        while (started.Count < count && Look(kinds, count - started.Count) is var end && _heads.Count > 0)
        {
            foreach (var head in _heads)
            {
                // What a line that was not looked at to its end has further back may come before.
                if (end is { } last && last.CompareTo(head) < 0) break;
                if (started.Count == count) return;
                Start(head, started);
                if (_heldBack >= MostHeldBackAtOnce) return;
            }
            if (end is null) return;
        }
    }

    /// <summary>Finds the heads of all lines.</summary>
    /// <returns>How far they are all there is; nothing where they are.</returns>
    private LineHead? Look(string[] kinds, int most)
    {
        _heads.Clear();
        LineHead? end = null;
        foreach (string kind in kinds) Look(null, kind, most, ref end);
        foreach (var cap in session.Caps.LettingStart(request.Now))
            foreach (string kind in kinds) Look(cap, kind, Math.Min(most, cap.Room), ref end);
        _heads.Sort();
        return end;
    }

    private void Look(CapState? cap, string kind, int most, ref LineHead? end)
    {
        int before = _heads.Count;
        if (cap is null) session.Lines.CollectHeads(kind, most, _heads);
        else session.CapLines.CollectHeads(cap, kind, most, _heads);
        if (_heads.Count - before == most && !(end?.CompareTo(_heads[^1]) < 0)) end = _heads[^1];
    }

    private void Start(LineHead head, List<Job> started)
    {
        if (head.Cap is { } line && !line.Lets(request.Now)) return;
        if (session.Jobs.Find(head.Seq) is not { } job) return;
        foreach (var cap in session.Caps.Of(job.Caps))
        {
            if (cap.Lets(request.Now)) continue;
            session.HoldAt(cap, job, head.Seq);
            if (++_heldBack == MostHeldBackAtOnce) session.Hints.Add(new(job.Id, 0, Ready: true));
            return;
        }
        if (session.Start(job, _start) is { } running) started.Add(running);
    }
}
