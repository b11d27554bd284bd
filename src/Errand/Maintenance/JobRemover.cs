using System.Text.Json.Serialization;

namespace Errand;

/// <summary>
/// Removes ended jobs with their output. What is to go is put on record first, the jobs go next and their output last: a job that the store
/// keeps, because a live one starts after it, keeps its output, and what a crash leaves is found on record.
/// </summary>
internal sealed class JobRemover(ErrandCore core)
{
    private const string Records = "removing/";
    private const int PageSize = 10;
    // Whoever is at it needs seconds; after this, nobody is.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromMinutes(10);

    public async ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return 0;
        string name = $"{Records}{core.NewId(core.Time.GetJobTime())}";
        var removal = new Removal(core.Time.GetJobTime(), [.. ids.Select(id => id.ToString())]);
        await core.Store.WriteRecordAsync(name, 0, JobData.From(removal, RemovalJson.Default.Removal), cancellationToken);
        int removed = await core.Store.RemoveAsync(ids, cancellationToken);
        await DeleteOutputAsync(ids, allGone: removed == ids.Count, cancellationToken);
        await core.Store.WriteRecordAsync(name, 1, JobData.None, cancellationToken);
        return removed;
    }

    /// <summary>Ends what somebody began and did not end.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        string? after = null;
        while (await core.Store.ListRecordsAsync(Records, after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var (name, record) in page)
            {
                var removal = record.Value.As(RemovalJson.Default.Removal)!;
                if (core.Time.GetJobTime() - removal.At < GivenUpAfter) continue;
                await DeleteOutputAsync([.. removal.Ids.Select(JobId.Parse)], allGone: false, cancellationToken);
                await core.Store.WriteRecordAsync(name, record.Version, JobData.None, cancellationToken);
            }
            after = page[^1].Name;
        }
    }

    private async ValueTask DeleteOutputAsync(IReadOnlyList<JobId> ids, bool allGone, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
            if (allGone || await core.Store.FindAsync(id, cancellationToken) is null) await core.OutputLog.DeleteAsync(id, cancellationToken);
    }
}

/// <summary>Jobs that are being removed.</summary>
internal sealed record Removal(DateTimeOffset At, string[] Ids);

[JsonSerializable(typeof(Removal))]
internal sealed partial class RemovalJson : JsonSerializerContext;
