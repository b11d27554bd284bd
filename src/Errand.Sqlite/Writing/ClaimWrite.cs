using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Takes jobs for a runner.</summary>
internal sealed class ClaimWrite(ClaimRequest request) : WriteRequest<ClaimResult>
{
    public override int Weight => request.Count;

    public override void Execute(WriteSession session)
    {
        session.Lines.LiftDue(request.Now, session.Hints);
        List<Job> adopted = [], started = [];
        // A lapsed runner would adopt from itself what another is about to take, under a fence that still holds.
        if (request.Count > 0 && !session.Runners.HasLapsed(request.Runner))
        {
            Adopt(session, adopted);
            Start(session, request.Count - adopted.Count, started);
        }
        Result = new(started, adopted, session.Lines.NextDue());
    }

    private void Adopt(WriteSession session, List<Job> adopted)
    {
        var gone = session.Runners.Gone();
        if (gone.Count == 0) return;
        foreach (long seq in session.Lines.HeldBy(gone, request.Kinds, request.Count))
            Take(session, seq, job => JobTransition.Adopt(request.Runner, job.Runner!.Value, request.Now), adopted);
    }

    private void Start(WriteSession session, int count, List<Job> started)
    {
        if (count <= 0) return;
        var transition = JobTransition.Start(request.Runner, request.Now);
        foreach (long seq in session.Lines.Heads(request.Kinds, count)) Take(session, seq, _ => transition, started);
    }

    private static void Take(WriteSession session, long seq, Func<Job, JobTransition> transitionOf, List<Job> taken)
    {
        if (session.Jobs.Find(seq) is not { } job) return;
        var transition = transitionOf(job);
        if (session.Apply(job.Id, transition).Edge is { } edge) taken.Add(job.After(edge, transition.At));
    }
}
