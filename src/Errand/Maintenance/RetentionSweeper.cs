using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>Removes ended jobs that are older than their retention, or more than may be kept. Live jobs are never touched.</summary>
internal sealed partial class RetentionSweeper(ErrandCore core)
{
    private const int MostKeptLookedAt = 20_000;
    private readonly WakeUp _bell = new(core.Time);
    private JobId? _lookedAtTo;
    private volatile bool _stopped;

    public void Start() => _ = core.Scheduler.Run(LoopAsync);

    public void Stop()
    {
        _stopped = true;
        _bell.Ring();
    }

    /// <summary>Removes what is past its retention; answers how many.</summary>
    public async ValueTask<int> SweepAsync(CancellationToken cancellationToken)
    {
        await core.Remover.FinishAsync(cancellationToken);
        var now = core.Time.GetJobTime();
        int removed = await core.Client.PurgeAsync(new() { ExpiredBefore = now, OldestFirst = true }, cancellationToken);
        removed += await RemoveAgedAsync(now, cancellationToken);
        foreach (var rule in core.Options.Retention.Rules)
            if (rule.Count is { } most) removed += await RemoveSurplusAsync(rule.Query(), most, cancellationToken);
        return removed + await RemoveSurplusAsync(
            new() { States = JobStates.Ended, OldestFirst = true }, core.Options.Retention.Count, cancellationToken);
    }

    // Those that are kept longer than the rest are looked at again and again, so each sweep goes on where the last one stopped, and looks at so
    // many of them and no more.
    private async ValueTask<int> RemoveAgedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var retention = core.Options.Retention;
        var aged = new JobQuery
        {
            States = JobStates.Ended, FinishedBefore = now - retention.ShortestAge, OldestFirst = true, Limit = JobQuery.MaxLimit,
        };
        int removed = 0;
        for (int kept = 0; kept < MostKeptLookedAt;)
        {
            var page = await core.Store.ListAsync(aged with { After = _lookedAtTo }, cancellationToken);
            JobId[] over = [.. page.Items.Where(job => job.FinishedAt + retention.AgeOf(job) < now).Select(job => job.Id)];
            removed += await core.Remover.RemoveAsync(over, cancellationToken);
            kept += page.Items.Count - over.Length;
            _lookedAtTo = page.Next;
            if (page.Next is null) break;
        }
        return removed;
    }

    private async ValueTask<int> RemoveSurplusAsync(JobQuery query, int most, CancellationToken cancellationToken)
    {
        var counts = await core.Store.CountAsync(query, cancellationToken);
        long surplus = counts.Values.Sum() - most;
        int removed = 0;
        while (surplus > 0)
        {
            var page = await core.Store.ListAsync(query with { Limit = (int)Math.Min(surplus, JobQuery.MaxLimit) }, cancellationToken);
            removed += await core.Remover.RemoveAsync([.. page.Items.Select(job => job.Id)], cancellationToken);
            surplus -= page.Items.Count;
            if (page.Next is null) break;
            query = query with { After = page.Next };
        }
        return removed;
    }

    private async Task LoopAsync()
    {
        while (!_stopped)
        {
            await _bell.SleepAsync(core.Options.Retention.SweepInterval);
            if (_stopped) return;
            try
            {
                int removed = await SweepAsync(CancellationToken.None);
                if (removed > 0) Log.Removed(core.Logger, removed);
            }
            catch (Exception e)
            {
                Log.SweepFailed(core.Logger, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Information, "{Count} ended jobs were removed after their retention.")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(51, LogLevel.Warning, "Ended jobs could not be removed: {Problem}")]
        public static partial void SweepFailed(ILogger logger, string problem);
    }
}
