namespace Errand;

// Jobs that were submitted together.
internal sealed partial class JobClient
{
    public async ValueTask<BatchStatus> BatchAsync(JobId batch, CancellationToken cancellationToken = default)
    {
        var status = new BatchStatus(batch, await Store.CountAsync(new() { Batch = batch }, cancellationToken));
        return status.Total > 0 ? status : throw new BatchNotFoundException(batch);
    }

    // One after the other: whoever has ended meanwhile costs a look, and all have ended once the last one has.
    public async ValueTask<BatchNews> WaitBatchAsync(JobId batch, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        long startedAt = _core.Time.GetTimestamp();
        var status = await BatchAsync(batch, cancellationToken);
        var live = LiveOnly(new() { Batch = batch, OldestFirst = true, Limit = 1 });
        while (!status.IsComplete)
        {
            var page = await Store.ListAsync(live, cancellationToken);
            if (page.Items.Count > 0)
            {
                var left = timeout - _core.Time.GetElapsedTime(startedAt);
                if (left <= TimeSpan.Zero) return new(await BatchAsync(batch, cancellationToken), TimedOut: true);
                var news = await WaitAsync(page.Items[0].Id, new() { Timeout = left ?? Timeout.InfiniteTimeSpan }, cancellationToken);
                if (!news.TimedOut) live = live with { After = page.Items[0].Id };
                continue;
            }
            status = await BatchAsync(batch, cancellationToken);
            // A job may have been added to the batch behind our back.
            live = live with { After = null };
        }
        return new(status, TimedOut: false);
    }
}
