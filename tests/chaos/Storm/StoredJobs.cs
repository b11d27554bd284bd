using Errand.Storage;

namespace Errand.Chaos.Tests.Storm;

/// <summary>All jobs of a store.</summary>
internal static class StoredJobs
{
    public static async IAsyncEnumerable<Job> AllAsync(IJobStore store)
    {
        var query = new JobQuery { OldestFirst = true, Limit = JobQuery.MaxLimit };
        while (true)
        {
            var page = await store.ListAsync(query);
            foreach (var job in page.Items) yield return job;
            if (page.Next is null) yield break;
            query = query with { After = page.Next };
        }
    }
}
