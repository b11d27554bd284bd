using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>Removes ended jobs that are older than their retention, or more than may be kept. Live jobs are never touched.</summary>
internal sealed partial class RetentionSweeper(ErrandCore core)
{
    private static readonly JobState[] Ended = [JobState.Completed, JobState.Failed, JobState.Cancelled];
    private readonly WakeUp _bell = new(core.Time);
    private volatile bool _stopped;

    public void Start() => _ = core.Scheduler.Run(LoopAsync);

    public void Stop()
    {
        _stopped = true;
        _bell.Ring();
    }

    public async ValueTask<int> SweepAsync(CancellationToken cancellationToken)
    {
        var tooOld = core.Time.GetJobTime() - core.Options.Retention.Age;
        int removed = await core.Client.PurgeAsync(new() { FinishedBefore = tooOld, OldestFirst = true }, cancellationToken);
        return removed + await RemoveSurplusAsync(cancellationToken);
    }

    private async ValueTask<int> RemoveSurplusAsync(CancellationToken cancellationToken)
    {
        var counts = await core.Store.CountAsync(new() { States = Ended }, cancellationToken);
        long surplus = counts.Values.Sum() - core.Options.Retention.Count;
        int removed = 0;
        while (surplus > 0)
        {
            var query = new JobQuery { States = Ended, OldestFirst = true, Limit = (int)Math.Min(surplus, JobQuery.MaxLimit) };
            var page = await core.Store.ListAsync(query, cancellationToken);
            int gone = await core.RemoveAsync([.. page.Items.Select(job => job.Id)], cancellationToken);
            if (gone == 0) break;
            surplus -= gone;
            removed += gone;
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
