using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

/// <summary>Steps that many tests take.</summary>
internal static class StoreSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Job> AddedAsync(this IJobStore store, Job job)
    {
        var result = Assert.Single(await store.AddAsync([job], Token));
        Assert.True(result.Added, $"Job {job.Id} was not added, although it was new.");
        return result.Job;
    }

    public static async Task AddedAsync(this IJobStore store, params IReadOnlyList<Job> jobs) =>
        Assert.All(await store.AddAsync(jobs, Token), result => Assert.True(result.Added));

    public static async Task<Job> FoundAsync(this IJobStore store, JobId id)
    {
        var job = await store.FindAsync(id, Token);
        Assert.NotNull(job);
        return job;
    }

    public static async Task<ApplyResult> ApplyAsync(this IJobStore store, JobId id, JobTransition transition) =>
        Assert.Single(await store.ApplyAsync([new(id, transition)], Token));

    /// <summary>Applies a transition that must be written, and answers the job as it then is.</summary>
    public static async Task<Job> AppliedAsync(this IJobStore store, JobId id, JobTransition transition)
    {
        var result = await store.ApplyAsync(id, transition);
        Assert.True(result.Status == ApplyStatus.Applied, $"'{transition.Name}' was {result.Status}; the job is {result.Current?.Phase}.");
        var job = await store.FoundAsync(id);
        Assert.Equal(job.Version, result.Version);
        return job;
    }

    public static async Task<ClaimResult> ClaimAsync(
        this IJobStore store, RunnerId runner, int count = 1, double at = 0, params IReadOnlyCollection<string> kinds) =>
        await store.ClaimAsync(new(runner, kinds.Count > 0 ? kinds : ["work"], count, Samples.At(at)), Token);

    /// <summary>Claims the one job that is to be had.</summary>
    public static async Task<Job> ClaimedAsync(this IJobStore store, RunnerId runner, double at = 0, params IReadOnlyCollection<string> kinds) =>
        Assert.Single((await store.ClaimAsync(runner, 1, at, kinds)).Started);

    public static Task<Job> FinishedAsync(this IJobStore store, Job held, JobOutcome? outcome = null, double at = 1) =>
        store.AppliedAsync(held.Id, JobTransition.Finish(held.Fence, outcome ?? JobOutcome.Completed(), Samples.At(at)));

    public static async Task<IReadOnlyList<Job>> PagedAsync(this IJobStore store, JobQuery query)
    {
        List<Job> jobs = [];
        while (true)
        {
            var page = await store.ListAsync(query, Token);
            Assert.True(page.Items.Count <= query.Limit, "A page has more than was asked for.");
            if (query.After is { } after) Assert.All(page.Items, job => Assert.True(query.OldestFirst ? job.Id > after : job.Id < after, "A page goes back."));
            jobs.AddRange(page.Items);
            if (page.Next is not { } next) return jobs;
            Assert.Equal(page.Items[^1].Id, next);
            query = query with { After = next };
        }
    }

    /// <summary>Adds a job and leads it into a phase by the transitions of the life cycle.</summary>
    public static async Task<Job> BroughtToAsync(this IJobStore store, JobPhase phase, Job? from = null)
    {
        var job = await store.AddedAsync(from ?? Samples.Queued());
        if (phase == JobPhase.Queued) return job;
        job = await store.AppliedAsync(job.Id, JobTransition.Start(Samples.Runner, Samples.At(1)));
        if (phase is JobPhase.Waiting or JobPhase.WaitingCancelling)
        {
            JobInput[] asked = [new("1", Samples.Json("\"sure?\""), Samples.At(2))];
            job = await store.AppliedAsync(job.Id, JobTransition.AwaitInput(job.Fence, asked, job.Version, Samples.At(2)));
        }
        if (phase is JobPhase.RunningCancelling or JobPhase.WaitingCancelling or JobPhase.Cancelled)
            job = await store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(3)));
        if (phase.IsTerminal()) job = await store.FinishedAsync(job, OutcomeOf(phase.ToState()), 4);
        Assert.Equal(phase, job.Phase);
        return job;
    }

    private static JobOutcome OutcomeOf(JobState state) => state switch
    {
        JobState.Completed => JobOutcome.Completed(Samples.Json("[1,2]")),
        JobState.Failed => JobOutcome.Failed(new("exception", "It broke.")),
        _ => JobOutcome.Cancelled,
    };
}
