using System.Globalization;
using Errand.Chaos.Tests.Raids;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Raided))]
public sealed class ScheduleTests
{
    private const int Intervals = 40;
    private const int Phases = 4;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task I1_each_run_of_a_schedule_is_started_once_whatever_becomes_of_the_servers()
    {
        await using var raid = await Raid.BeginAsync("schedules");
        var begun = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        await raid.VisitAsync(async host =>
        {
            foreach (var schedule in Schedules(begun)) await host.Schedules.CreateAsync(schedule);
            return 0;
        });

        var chance = new Random(Chance.Seed);
        // One server, two, and now and then all: what comes due while nobody is there is made up for.
        await raid.StrikeAsync(Chance.Long ? 100 : 12, inFlight: 1, mostAtOnce: 3, AimAsync);
        await raid.UntilAsync(() => raid.Fleet.Ready().Count == Raid.Workers);
        ScheduleStatus[] statuses = await raid.VisitAsync(
            host => Task.WhenAll(Schedules(begun).Select(schedule => host.Schedules.PauseAsync(schedule.Name).AsTask())));
        await raid.AllEndedAsync();
        Job[] jobs = [.. (await raid.JobsAsync()).Values];
        var runs = BodyRun.Of(raid.Folder.ReadJournals(), raid.Fleet.Everyone);

        int late = jobs.Count(IsLate);
        Console.WriteLine($"  • schedules: {jobs.Length} runs of {statuses.Length} schedules, {raid.Struck}; {late} runs were made up for, or late");
        foreach (var status in statuses)
            CheckTimes(status, [.. jobs.Where(job => IsOf(job, status.Schedule)).Select(job => TimeOf(job)).Order()]);
        Assert.Equal(jobs.Select(job => job.Id).Order(), runs.Select(run => run.Job).Distinct().Order());
        Assert.Empty(BodyRun.BegunTwice(runs));
        Assert.DoesNotContain(jobs, job => job.State != JobState.Completed);
        Assert.True(late > 0, "There was always somebody to start what was due at once.");
        Assert.Empty(raid.Problems);

        // Just when something comes due, for then there is the most to lose: between the job of a run and the note that it was started.
        Task AimAsync()
        {
            var since = DateTimeOffset.UtcNow - begun;
            var due = Second / Phases * (1 + Math.Floor(since / (Second / Phases)));
            return Task.Delay(due - since + TimeSpan.FromMilliseconds(chance.Next(12)));
        }
    }

    // Whoever was killed, or was just about to write, when it was paused may have started what came due after the last run that is settled.
    private static void CheckTimes(ScheduleStatus status, DateTimeOffset[] times)
    {
        var first = status.Schedule.From!.Value;
        // What came due before there was a schedule is not missed.
        while (first <= status.CreatedAt) first += Second;
        Assert.Equal(Enumerable.Range(0, times.Length).Select(i => first + (i * Second)), times);
        Assert.Equal(status.Runs, times.Count(time => time <= status.LastRun));
    }

    private static IEnumerable<JobSchedule> Schedules(DateTimeOffset begun)
    {
        var schedule = new JobSchedule
        {
            Name = "cron", Job = new(Kinds.Again, ChaosJson.Write(new Piece(0, 100))), Cron = "* * * * * *", From = begun,
            MissedRuns = MissedRuns.RunAll, MaxMissedRuns = 1000,
        };
        yield return schedule;
        for (int i = 0; i < Intervals; i++)
            yield return schedule with { Name = $"interval-{i}", Cron = null, Every = Second, From = begun + (i % Phases * Second / Phases) };
    }

    private static bool IsOf(Job job, JobSchedule schedule) => job.Spec.Tags.Contains(JobSchedule.TagOf(schedule.Name));

    private static DateTimeOffset TimeOf(Job job) => DateTimeOffset.Parse(job.Spec.Metadata["scheduledFor"], CultureInfo.InvariantCulture);

    private static bool IsLate(Job job) => job.CreatedAt - TimeOf(job) > Second / 10;
}
