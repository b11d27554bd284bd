using Xunit;

namespace Errand.Testing.Conformance;

// Conditions: each of them holds beside each other one, whichever of the two a store looks up in an index.
public abstract partial class JobStoreConformance
{
    private static readonly JobId TheParent = JobId.New(Samples.At(-9)), AnotherParent = JobId.New(Samples.At(-8));

    // Each with a job that differs from the one that is sought in nothing but this.
    private static readonly (Func<JobQuery, JobQuery> Ask, Func<Job, Job> Miss)[] EveryCondition =
    [
        (query => query with { Kind = "make" }, job => job with { Spec = job.Spec with { Kind = "other" } }),
        (query => query with { Owner = "ann" }, job => job with { Spec = job.Spec with { Owner = "bob" } }),
        (query => query with { Agent = "planner" }, job => job with { Spec = job.Spec with { Agent = "other" } }),
        (query => query with { Session = "main" }, job => job with { Spec = job.Spec with { Session = "other" } }),
        (query => query with { Parent = TheParent }, job => job with { Spec = job.Spec with { Parent = AnotherParent } }),
        (query => query with { Tag = "nightly" }, job => job with { Spec = job.Spec with { Tags = ["other"] } }),
        (query => query with { Text = "needle" }, job => job with { Spec = job.Spec with { Title = "hay" } }),
        (query => query with { States = [JobState.Completed] },
            job => job with { Phase = JobPhase.Failed, Outcome = JobOutcome.Failed(new("e", "m")) }),
        (query => query with { CreatedFrom = Samples.At(10) }, job => job with { CreatedAt = Samples.At(5) }),
        (query => query with { CreatedBefore = Samples.At(11) }, job => job with { CreatedAt = Samples.At(15) }),
        (query => query with { FinishedBefore = Samples.At(25) }, job => job with { FinishedAt = Samples.At(30) }),
        (query => query with { Batch = TheParent }, job => job with { Spec = job.Spec with { Batch = AnotherParent } }),
        (query => query with { Fingerprint = "f" }, job => job with { Spec = job.Spec with { Fingerprint = "g" } }),
        (query => query with { DeadLetters = true }, job => job with { IsDeadLetter = false }),
        (query => query with { ExpiredBefore = Samples.At(40) }, job => job with { Spec = job.Spec with { KeepFor = TimeSpan.FromMinutes(1) } }),
    ];

    /// <summary>Every condition beside every other, and page by page, over jobs that are as old as their ids and over others.</summary>
    /// <param name="idLater">How many seconds the ids are later than the jobs.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Every_condition_holds_beside_every_other(double idLater)
    {
        JobId Id() => JobId.New(Samples.At(10 + idLater));
        var spec = new JobSpec("make")
        {
            Owner = "ann", Agent = "planner", Session = "main", Parent = TheParent, Tags = ["nightly"], Title = "a needle",
            Batch = TheParent, Fingerprint = "f", KeepFor = TimeSpan.FromSeconds(10),
        };
        var sought = Samples.Queued(spec, at: 10) with
        {
            Id = Id(), Phase = JobPhase.Completed, FinishedAt = Samples.At(20), Outcome = JobOutcome.Completed(),
            IsDeadLetter = true,
        };
        Job[] jobs = [sought, .. EveryCondition.Select(condition => condition.Miss(sought) with { Id = Id() })];
        await Store.AddedAsync(jobs);
        foreach (var (one, _) in EveryCondition)
            foreach (var (other, _) in EveryCondition)
            {
                var query = one(other(new()));
                await ListsAsync(query, [.. jobs.Where(job => Means(query, job))]);
            }
        foreach (var (one, _) in EveryCondition)
            foreach (bool oldestFirst in new[] { false, true })
            {
                var query = one(new() { Limit = 4, OldestFirst = oldestFirst });
                var meant = jobs.Where(job => Means(query, job)).Select(job => job.Id).Order();
                Assert.Equal(oldestFirst ? meant : meant.Reverse(), (await Store.PagedAsync(query)).Select(job => job.Id));
            }
    }

    [Fact]
    public async Task A_job_is_asked_for_by_its_end_and_by_its_expiry_at_once()
    {
        Job Ended(double at) => Samples.Queued(new JobSpec("work") { KeepFor = TimeSpan.FromSeconds(5) }) with
        {
            Phase = JobPhase.Completed, FinishedAt = Samples.At(at), Outcome = JobOutcome.Completed(),
        };
        Job[] jobs = [Ended(10), Ended(20)];
        await Store.AddedAsync(jobs);
        await ListsAsync(new() { ExpiredBefore = Samples.At(30), FinishedBefore = Samples.At(15) }, [jobs[0]]);
        await ListsAsync(new() { ExpiredBefore = Samples.At(30), FinishedBefore = Samples.At(25) }, jobs);
    }
}
