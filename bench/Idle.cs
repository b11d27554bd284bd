using System.Diagnostics;

namespace Errand.Bench;

/// <summary>What a server costs that has nothing to do but to wait for what is due later.</summary>
internal static class Idle
{
    private const int Jobs = 100_000;
    private const int Schedules = 1_000;
    private const int Batch = 500;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        await using var host = await BenchStore.Sqlite.StartAsync(10, _ => ValueTask.FromResult(JobOutcome.Completed()));
        double empty = await MeasureAsync();
        var later = DateTimeOffset.UtcNow.AddDays(30);
        for (int done = 0; done < Jobs; done += Batch)
            await host.Client.SubmitAsync([.. Enumerable.Range(done, Batch).Select(i => new JobSpec("work") { RunAt = later.AddSeconds(i) })]);
        // Each at a minute of its own of one day in the year: none comes due meanwhile.
        int month = DateTime.UtcNow.Month % 12 + 1;
        for (int i = 0; i < Schedules; i++)
            await host.Schedules.CreateAsync(new()
            {
                Name = $"schedule-{i}", Job = new("work"),
                Cron = FormattableString.Invariant($"{i % 60} {i / 60} 15 {month} *"),
            });
        double full = await MeasureAsync();
        string what = $"CPU with {Jobs:N0} jobs of a later time and {Schedules:N0} cron schedules, in percent of a core, beside an empty store";
        new Figure("sqlite-idle", what, full, "%")
        {
            Reference = empty,
        }.AtMost(1).Print();
    }

    private static async Task<double> MeasureAsync()
    {
        using var self = Process.GetCurrentProcess();
        await Task.Delay(Settling);
        self.Refresh();
        var before = self.TotalProcessorTime;
        long startedAt = Stopwatch.GetTimestamp();
        await Task.Delay(Watched);
        self.Refresh();
        return 100 * (self.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(startedAt);
    }
}
