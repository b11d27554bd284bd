using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Adds jobs.</summary>
internal sealed class AddWrite : WriteRequest<IReadOnlyList<AddResult>>
{
    private static readonly RequestPool<AddWrite> Pool = new();
    private IReadOnlyList<Job> _jobs = [];

    public override int Weight => _jobs.Count;

    public static AddWrite Of(IReadOnlyList<Job> jobs)
    {
        var write = Pool.Take();
        write._jobs = jobs;
        return write;
    }

    public override void Execute(WriteSession session)
    {
        var results = new AddResult[_jobs.Count];
        for (int i = 0; i < results.Length; i++) results[i] = Add(session, _jobs[i]);
        Result = results;
    }

    protected override void Recycle()
    {
        _jobs = [];
        Pool.Return(this);
    }

    private static AddResult Add(WriteSession session, Job job)
    {
        var holds = job.Holds;
        if (job is { Phase: JobPhase.Queued, Spec.Session: { } name })
            holds = session.Lines.IsBehind(name, job.Owner) ? holds | JobHolds.Session : holds & ~JobHolds.Session;
        if (session.Jobs.Insert(job, holds) is not { } seq) return new(false, session.Jobs.Existing(job));
        // One of a later time is news too: the next claim may have to come sooner.
        session.Note(job.Id, seq, job.Version, ready: job.Phase == JobPhase.Queued && (holds & JobHolds.Session) == 0);
        return new(true, holds == job.Holds ? job : job with { Holds = holds });
    }
}
