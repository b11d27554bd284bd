using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

/// <summary>Steps of the tests of caps.</summary>
internal static class CapSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static JobCap Cap(string name, int? running = null, int? queued = null, JobRate? rate = null) =>
        new(name, new() { Running = running, Queued = queued, Rate = rate });

    public static Job Under(this Job job, params IReadOnlyList<JobCap> caps) => job with { Caps = caps };

    /// <summary>The use of a cap; nothing where no live job stands under it.</summary>
    public static async Task<CapUse?> UseOfAsync(this IJobStore store, string name) =>
        (await store.ListCapsAsync(name, null, 10, Token)).SingleOrDefault(use => use.Cap.Name == name);

    /// <summary>Asserts how many jobs under a cap run, are queued, and stand in its line.</summary>
    public static async Task UsesAsync(this IJobStore store, string name, int running, int queued, int waiting)
    {
        var use = await store.UseOfAsync(name);
        Assert.Equal((running, queued, waiting), (use?.Running ?? 0, use?.Queued ?? 0, use?.Waiting ?? 0));
    }

    /// <summary>Asserts that nothing is left of any cap.</summary>
    public static async Task UsesNoneAsync(this IJobStore store) => Assert.Empty(await store.ListCapsAsync("", null, 100, Token));

    /// <summary>Adds jobs that must all be refused, and answers why.</summary>
    public static async Task<IReadOnlyList<AddRefusal>> RefusedAsync(this IJobStore store, params IReadOnlyList<Job> jobs)
    {
        var results = await store.AddAsync(jobs, Token);
        foreach (var (job, result) in jobs.Zip(results, (job, result) => (job, result)))
        {
            Assert.False(result.Added);
            Assert.Equal(job.Id, result.Job.Id);
            Assert.Null(await store.FindAsync(job.Id, Token));
        }
        return [.. results.Select(result => Assert.IsType<AddRefusal>(result.Refusal))];
    }
}
