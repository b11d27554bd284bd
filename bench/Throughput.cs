using System.Diagnostics;

namespace Errand.Bench;

/// <summary>Jobs a second from submit to durable completion, with so many in flight; nothing starts before its add is durable.</summary>
internal static class Throughput
{
    public const string Input = "{\"path\":\"/srv/data/some/folder/of/files\",\"depth\":3,\"follow\":false}";
    private const int InFlight = 256;
    private const int Rounds = 5;
    private const int CapRounds = 3;
    private const int Jobs = 60_000;

    private static JobSpec Plain { get; } = new("work", JobData.Parse(Input));

    public static async Task MemoryAsync()
    {
        List<double> rates = [];
        for (int round = 0; round < Rounds; round++) rates.Add(await MeasureAsync(BenchStore.Memory));
        rates.Sort();
        new Figure("memory", $"submit, run and complete no-op jobs, {InFlight} in flight", rates[Rounds / 2], "jobs/s").AtLeast(150_000).Print();
    }

    /// <summary>Each round beside a floor of its own; the median of the ratios counts.</summary>
    public static async Task SqliteAsync()
    {
        List<(double Ratio, double Rate, double Floor)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
            double floor = await SqliteFloor.MeasureAsync(folder, Jobs);
            Directory.Delete(folder, recursive: true);
            double rate = await MeasureAsync(BenchStore.Sqlite);
            rounds.Add((rate / floor, rate, floor));
        }
        var rates = rounds.Select(sample => sample.Rate).Order().ToList();
        rounds.Sort();
        var (_, middle, beside) = rounds[Rounds / 2];
        new Figure("sqlite", $"submit, run and complete no-op jobs, {InFlight} in flight", rates[Rounds / 2], "jobs/s").AtLeast(40_000).Print();
        new Figure("sqlite", "the same, beside bare statements in batches of 500", middle, "jobs/s") { Reference = beside }.RatioAtLeast(0.5).Print();
    }

    /// <summary>What a cap costs that all jobs share: beside jobs that stand in line without one, and jobs that start as they are added.</summary>
    public static async Task CapsAsync()
    {
        List<(double Direct, double InLine, double Whole, double Half)> rounds = [];
        for (int round = 0; round < CapRounds; round++)
        {
            rounds.Add((
                await MeasureAsync(BenchStore.Sqlite), await MeasureAsync(BenchStore.Sqlite, inLine: true),
                await MeasureAsync(BenchStore.Sqlite, cap: new() { Running = InFlight }),
                await MeasureAsync(BenchStore.Sqlite, cap: new() { Running = InFlight / 2 })));
        }
        void Print(string what, Func<(double Direct, double InLine, double Whole, double Half), (double Value, double Beside)> of)
        {
            var (value, beside) = rounds.Select(of).OrderBy(pair => pair.Value / pair.Beside).ElementAt(CapRounds / 2);
            new Figure("sqlite-caps", what, value, "jobs/s") { Reference = beside }.RatioAtLeast(0.7).Print();
        }

        Print("a shared cap of the slots, beside none", round => (round.Whole, round.InLine));
        Print("a shared cap of half the slots, beside none", round => (round.Half, round.InLine));
        Print("a shared cap of the slots, beside jobs that start as they are added", round => (round.Whole, round.Direct));
        Print("a shared cap of half the slots, beside jobs that start as they are added", round => (round.Half, round.Direct));
    }

    private static async Task<double> MeasureAsync(BenchStore store, bool inLine = false, CapSize? cap = null)
    {
        await using var host = await store.StartAsync(InFlight, _ => ValueTask.FromResult(JobOutcome.Completed()), cap);
        await RunManyAsync(host.Client, Jobs / 4, inLine);
        return await RunManyAsync(host.Client, Jobs, inLine);
    }

    private static async Task<double> RunManyAsync(IJobClient client, int count, bool inLine)
    {
        int left = count;
        long startedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                // Several jobs are put in line; one is started as it is added where a slot is free.
                var job = inLine ? (await client.SubmitAsync([Plain]))[0] : await client.SubmitAsync(Plain);
                var ended = await client.WaitAsync(job.Id);
                if (ended.Job.State != JobState.Completed) throw new InvalidOperationException($"Job {job.Id} is {ended.Job.State}.");
            }
        })));
        return count / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }
}
