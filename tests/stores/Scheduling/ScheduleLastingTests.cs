using Errand.Stores.Tests.Lasting;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Stores.Tests.Scheduling;

/// <summary>Schedules in a file: whoever opens it next goes on with them.</summary>
public sealed class ScheduleLastingTests : IDisposable
{
    private static readonly JobSpec Note = new("note", JobData.Parse("""{"to":"ann"}"""));
    private readonly LastingServers _servers = new(builder => builder.AddJob("note", _ => new(JobOutcome.Completed())));

    public void Dispose() => _servers.Dispose();

    [Fact]
    public void I1_a_schedule_lasts_and_goes_on_in_its_rhythm()
    {
        var errand = _servers.Start();
        errand.Advance(TimeSpan.FromMinutes(7));
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromMinutes(15))));
        errand.Advance(TimeSpan.FromHours(1));
        var next = _servers.Reopen(errand);
        next.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => i * 15.0 + 7), MinutesOf(next));
        Assert.Equal(8, Ask(next, schedules => schedules.GetAsync("x")).Runs);
        Assert.All(JobsOf(next), job => Assert.Equal((JobState.Completed, Note.Input), (job.State, job.Spec.Input)));
    }

    [Theory]
    [InlineData(MissedRuns.RunOnce, 60, 240)]
    [InlineData(MissedRuns.Skip, 60)]
    [InlineData(MissedRuns.RunAll, 60, 120, 180, 240)]
    public void I1_runs_that_were_missed_while_the_file_was_closed_are_dealt_with(MissedRuns policy, params int[] minutes)
    {
        var errand = _servers.Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1)) with { MissedRuns = policy }));
        errand.Advance(TimeSpan.FromMinutes(90));
        var next = _servers.Reopen(errand, TimeSpan.FromHours(3));
        Assert.Equal(minutes.Select(minute => (double)minute), MinutesOf(next));
    }

    [Fact]
    public void I1_a_pause_and_a_replacement_last()
    {
        var errand = _servers.Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1))));
        Ask(errand, schedules => schedules.PauseAsync("x"));
        var second = _servers.Reopen(errand, TimeSpan.FromHours(2));
        Assert.True(Ask(second, schedules => schedules.GetAsync("x")).Schedule.Paused);
        Ask(second, schedules => schedules.ReplaceAsync(Every(TimeSpan.FromMinutes(10))));
        Ask(second, schedules => schedules.ResumeAsync("x"));
        var third = _servers.Reopen(second);
        third.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal([130, 140], MinutesOf(third));
        Assert.True(Ask(third, schedules => schedules.DeleteAsync("x")));
        var fourth = _servers.Reopen(third, TimeSpan.FromHours(1));
        Assert.Null(Ask(fourth, schedules => schedules.FindAsync("x")));
        Assert.Equal(2, JobsOf(fourth).Count);
    }

    [Fact]
    public void I1_two_servers_on_one_file_start_each_run_once()
    {
        var errand = _servers.Start();
        var other = _servers.Beside(errand);
        Ask(errand, schedules => schedules.CreateAsync(new() { Name = "x", Job = Note, Cron = "*/2 * * * *", MissedRuns = MissedRuns.RunAll }));
        errand.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Enumerable.Range(1, 15).Select(i => i * 2.0), MinutesOf(other));
    }

    [Fact]
    public void I1_a_run_that_was_made_up_for_is_not_made_up_for_again()
    {
        var errand = _servers.Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1))));
        var begin = errand.Time.GetUtcNow();
        var jobs = Ask(errand, schedules => schedules.BackfillAsync("x", begin.AddHours(-5), begin));
        var next = _servers.Reopen(errand);
        var again = Ask(next, schedules => schedules.BackfillAsync("x", begin.AddHours(-5), begin));
        Assert.Equal(jobs.Select(job => job.Id), again.Select(job => job.Id));
        Assert.Equal(5, JobsOf(next).Count);
    }

    private static JobSchedule Every(TimeSpan time) => new() { Name = "x", Job = Note, Every = time };

    private static T Ask<T>(ErrandTest errand, Func<IScheduleClient, ValueTask<T>> call)
    {
        var schedules = errand.Services.GetRequiredService<IScheduleClient>();
        return errand.Run(_ => call(schedules));
    }

    private static IReadOnlyList<Job> JobsOf(ErrandTest errand) =>
        errand.Run(client => client.ListAsync(new() { Tag = JobSchedule.TagOf("x"), OldestFirst = true, Limit = 1000 })).Items;

    /// <summary>What the jobs were for, in minutes since the world began.</summary>
    private static IEnumerable<double> MinutesOf(ErrandTest errand) =>
        JobsOf(errand).Select(job => (job.Id.Time - new DateTimeOffset(2026, 1, 1, 0, 0, 0, default)).TotalMinutes);
}
