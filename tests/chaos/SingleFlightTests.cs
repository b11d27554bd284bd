using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Raids;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Raided))]
public sealed class SingleFlightTests
{
    private const int CallsOfEach = 334;
    private const int Ordinal = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(JobReuse.InFlight, false)]
    [InlineData(JobReuse.InFlight, true)]
    [InlineData(JobReuse.Result, false)]
    [InlineData(JobReuse.Result, true)]
    public async Task D3_B_19_a_thousand_identical_calls_from_three_processes_are_one_execution(JobReuse reuse, bool kill)
    {
        await using var folder = new ChaosFolder();
        var store = await folder.Keep(ChaosHost.StartAsync(folder.Settings() with { RunsJobs = false }, null, (_, _) => { }));
        WorkerProcess[] workers = await Task.WhenAll(Enumerable.Range(0, Raid.Workers).Select(_ => folder.StartAsync()));

        // What is reused only while it is under way must be under way until all have asked; what is kept may have ended before.
        int patience = reuse == JobReuse.InFlight ? 1 : -1;
        foreach (var worker in workers) worker.Say($"{Words.Call} {Kinds.Gated} {Ordinal} 0 {CallsOfEach} {reuse} {patience}");
        var runner = await await Task.WhenAny(workers.Select(StartsAsync));
        if (kill)
        {
            await runner.KillAsync();
            Assert.DoesNotContain(runner.Said(), line => line[0] == Words.Called);
            workers = [.. workers.Where(worker => worker != runner)];
            runner = await await Task.WhenAny(workers.Select(StartsAsync));
        }
        if (reuse == JobReuse.InFlight) await Task.WhenAll(workers.Select(worker => HearAsync(worker, Words.Joined)));
        await File.WriteAllTextAsync(folder.Gate, "", Cancellation);

        string[][] answers = await Task.WhenAll(workers.Select(worker => HearAsync(worker, Words.Called)));
        var lines = folder.ReadJournals();
        var job = Assert.Single((await store.Client.ListAsync(new(), Cancellation)).Items);
        string run = lines.Single(line => line.Deed == Deed.Ended).Run;
        Assert.Equal((JobState.Completed, kill ? 2 : 1), (job.State, job.Attempt));
        Assert.All(answers, answer => Assert.Equal([$"{job.Id}", run, $"{CallsOfEach}"], answer[2..]));
        Assert.Equal(Enumerable.Range(1, job.Attempt), lines.Where(line => line.Deed == Deed.Started).Select(line => line.Attempt).Order());
        string killed = kill ? ", their runner killed" : "";
        Console.WriteLine($"  • single flight: {CallsOfEach * Raid.Workers} calls, {reuse}{killed}: {job.Attempt} attempt(s) at one job");

        async Task<WorkerProcess> StartsAsync(WorkerProcess worker)
        {
            await HearAsync(worker, $"{Deed.Started}");
            return worker;
        }

        static async Task<string[]> HearAsync(WorkerProcess worker, string word)
        {
            var line = await worker.HearAsync(line => line[0] == word || line[0] == Words.Wrong);
            Assert.True(line[0] == word, string.Join(' ', line));
            return line;
        }
    }
}
