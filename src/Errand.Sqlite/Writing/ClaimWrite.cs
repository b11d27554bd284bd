using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Takes jobs for a runner.</summary>
internal sealed class ClaimWrite(ClaimRequest request) : WriteRequest<ClaimResult>
{
    public override int Weight => request.Count;

    public override void Execute(WriteSession session)
    {
        var due = session.Lines.LiftDue(request.Now, session.Hints);
        session.Caps.FindOpen(request.Now);
        List<Job> adopted = [], started = [];
        // A lapsed runner would adopt from itself what another is about to take, under a fence that still holds.
        if (request.Count > 0 && !session.Runners.HasLapsed(request.Runner))
        {
            Adopt(session, adopted);
            if (adopted.Count < request.Count) new StartRounds(session, request, request.Count - adopted.Count).Start(started);
        }
        Result = new(started, adopted, session.Caps.NextFree(request.Now) is { } free && !(due < free) ? free : due);
    }

    private void Adopt(WriteSession session, List<Job> adopted)
    {
        var gone = session.Runners.Gone();
        if (gone.Count == 0) return;
        foreach (long seq in session.Lines.HeldBy(gone, request.Kinds, request.Count))
        {
            if (session.Jobs.Find(seq) is not { } job) continue;
            var transition = JobTransition.Adopt(request.Runner, job.Runner!.Value, request.Now);
            if (session.Apply(job.Id, transition).Edge is { } edge) adopted.Add(job.After(edge, transition.At));
        }
    }
}
