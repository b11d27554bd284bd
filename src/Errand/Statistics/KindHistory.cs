using System.Collections.Concurrent;

namespace Errand;

/// <summary>What the jobs of each kind tell about those to come. It reads ended jobs, so nothing is written for it.</summary>
internal sealed class KindHistory(ErrandCore core)
{
    private const int RememberedForEta = 200;
    private const int LookedAt = 1000;
    // With fewer than this, one odd job would be the whole truth.
    private const int FewestForEta = 3;
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private const int HoursShown = 24;
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new();

    /// <summary>
    /// When a running job will be done: from its progress, or else from how long those of its kind took that took longer than it has so far. None
    /// where nothing tells.
    /// </summary>
    public async ValueTask<JobEta?> EtaAsync(Job job, CancellationToken cancellationToken)
    {
        var now = core.Time.GetJobTime();
        if (job.Eta(now) is { } at) return new(at);
        if (job is not { Phase: JobPhase.Running, StartedAt: { } startedAt }) return null;
        var ran = now - startedAt;
        var longer = (await TimesAsync(job.Kind, cancellationToken)).Where(time => time > ran).ToList();
        if (longer.Count < FewestForEta) return null;
        return new(startedAt + TimeSpread.At(longer, 0.5), startedAt + TimeSpread.At(longer, 0.1), startedAt + TimeSpread.At(longer, 0.9));
    }

    public async ValueTask<KindStatistics> OfAsync(string kind, CancellationToken cancellationToken)
    {
        var counts = await core.Store.CountAsync(new() { Kind = kind }, cancellationToken);
        var completed = await core.Store.RecentAsync(kind, JobState.Completed, LookedAt, cancellationToken);
        var failed = await core.Store.RecentAsync(kind, JobState.Failed, LookedAt, cancellationToken);
        // Of two samples of different reach only the part that both cover can be compared.
        var reach = new[] { completed, failed }.Where(times => times.Count == LookedAt).Select(times => times[^1].CreatedAt).DefaultIfEmpty().Max();
        var (well, badly) = (completed.Where(times => times.CreatedAt >= reach).ToList(), failed.Where(times => times.CreatedAt >= reach).ToList());
        return new()
        {
            Kind = kind,
            Counts = counts,
            Samples = well.Count + badly.Count,
            Wait = TimeSpread.Of([.. well.Concat(badly).Where(times => times.StartedAt is not null).Select(Waited).Order()]),
            Run = TimeSpread.Of(RunTimes(well)),
            FailureRate = well.Count + badly.Count == 0 ? null : (double)badly.Count / (well.Count + badly.Count),
            Hours = Hours(completed, failed),
        };
    }

    private async ValueTask<IReadOnlyList<TimeSpan>> TimesAsync(string kind, CancellationToken cancellationToken)
    {
        if (_remembered.TryGetValue(kind, out var known) && core.Time.GetElapsedTime(known.ReadAt) < RememberedFor) return known.Times;
        var times = RunTimes(await core.Store.RecentAsync(kind, JobState.Completed, RememberedForEta, cancellationToken));
        _remembered[kind] = new(core.Time.GetTimestamp(), times);
        return times;
    }

    private static IReadOnlyList<TimeSpan> RunTimes(IEnumerable<Storage.JobTimes> jobs) =>
        [.. jobs.Where(times => times.StartedAt is not null).Select(times => times.FinishedAt - times.StartedAt!.Value).Order()];

    private static TimeSpan Waited(Storage.JobTimes times)
    {
        var waited = times.StartedAt!.Value - times.ScheduledAt;
        return waited > TimeSpan.Zero ? waited : TimeSpan.Zero;
    }

    private KindHour[] Hours(IReadOnlyList<Storage.JobTimes> completed, IReadOnlyList<Storage.JobTimes> failed)
    {
        var now = core.Time.GetJobTime();
        var last = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Hour.Ticks), TimeSpan.Zero);
        return [.. Enumerable.Range(0, HoursShown).Select(i => last - (Hour * (HoursShown - 1 - i)))
            .Select(from => new KindHour(from, Within(completed, from), Within(failed, from)))];

        static int Within(IReadOnlyList<Storage.JobTimes> jobs, DateTimeOffset from) =>
            jobs.Count(times => times.FinishedAt >= from && times.FinishedAt < from + Hour);
    }

    private sealed record Remembered(long ReadAt, IReadOnlyList<TimeSpan> Times);
}
