using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Raids;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Raided))]
public sealed class RedriveTests
{
    private static int DeadLetters => Chance.Long ? 50_000 : 10_000;

    [Fact]
    public async Task G3_each_dead_letter_has_one_successor_when_two_redrive_them_at_once_and_one_of_them_is_killed()
    {
        await using var raid = await Raid.BeginAsync("redrive");
        await raid.VisitAsync(async host =>
        {
            for (int left = DeadLetters; left > 0; left -= 1000)
                await host.Client.SubmitAsync([.. Enumerable.Range(0, 1000).Select(_ => new JobSpec(Kinds.Dud, ChaosJson.Write(new Piece(0, 5))))]);
            return 0;
        });
        await raid.AllEndedAsync();
        var dead = await raid.JobsAsync();
        Assert.Equal(DeadLetters, dead.Values.Count(job => job.IsDeadLetter));
        WorkerProcess[] redrivers = [await StartRedriverAsync(), await StartRedriverAsync()];

        foreach (var redriver in redrivers) redriver.Say($"{Words.Redrive} {redriver.Name}");
        await raid.UntilAsync(async () => await DeadAsync() < DeadLetters * 8 / 10);
        // They begin with the oldest, so it is one that was faster than the other at least once.
        string faster = (await MarkAsync(dead.Keys.Min())).By!;
        await redrivers.Single(redriver => redriver.Name == faster).KillAsync();
        long left = await DeadAsync();
        await raid.StrikeAsync(2, inFlight: 3);
        await redrivers.Single(redriver => redriver.Name != faster).HearAsync(Words.Redriven);
        Assert.Equal(0, await DeadAsync());
        await raid.AllEndedAsync();

        var jobs = await raid.JobsAsync();
        Job[] again = [.. jobs.Values.Where(job => job.Spec.RetryOf is not null)];
        var by = await MarksAsync(dead.Keys, again.ToDictionary(job => job.Spec.RetryOf!.Value, job => job.Id));
        Console.WriteLine($"  • redrive: {again.Length} successors of {dead.Count} dead letters, {left} were left when one redriver was killed; " +
            $"{string.Join(", ", by.Select(count => $"{count.Key} marked {count.Value}"))}; of the workers {raid.Struck}");
        Assert.Equal(dead.Keys.Order(), again.Select(job => job.Spec.RetryOf!.Value).Order());
        Assert.DoesNotContain(again, job => job.State != JobState.Completed);
        Assert.Equal(dead.Count + again.Length, jobs.Count);
        var runs = BodyRun.Of(raid.Folder.ReadJournals(), raid.Fleet.Everyone);
        Assert.Empty(BodyRun.BegunTwice(runs));
        Assert.Equal(again.Select(job => job.Id).Order(), runs.Select(run => run.Job).Distinct().Order());
        Assert.True(left > 0 && by.Count == 2, "One of the redrivers had nothing to do, or had ended when it was to be killed.");
        Assert.Empty(raid.Problems);

        Task<WorkerProcess> StartRedriverAsync() => raid.Folder.StartAsync(settings => settings with { RunsJobs = false });

        async Task<long> DeadAsync() => (await raid.Store.CountAsync(new() { DeadLetters = true })).Values.Sum();

        async Task<JobEvent> MarkAsync(JobId letter) =>
            Assert.Single(await raid.Store.HistoryAsync(letter), line => line.Name == JobEvents.Redriven);

        // Who marked how many dead letters as redriven; each of them once, and with its successor.
        async Task<IReadOnlyDictionary<string, int>> MarksAsync(IEnumerable<JobId> letters, IReadOnlyDictionary<JobId, JobId> successors)
        {
            Dictionary<string, int> marks = [];
            foreach (var letter in letters)
            {
                var mark = await MarkAsync(letter);
                Assert.Equal($"{successors[letter]}", mark.Detail);
                marks[mark.By!] = marks.GetValueOrDefault(mark.By!) + 1;
            }
            return marks;
        }
    }
}
