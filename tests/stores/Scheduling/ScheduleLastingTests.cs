using Errand.Sqlite;
using Errand.Storage;
using Errand.Stores.Tests.Sqlite;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Stores.Tests.Scheduling;

/// <summary>Schedules in a file: whoever opens it next goes on with them.</summary>
public sealed class ScheduleLastingTests : IDisposable
{
    private static readonly JobSpec Note = new("note", JobData.Parse("""{"to":"ann"}"""));
    private readonly StoreFolder _folder = new();
    private readonly List<ErrandTest> _servers = [];

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            Close(server);
            server.Dispose();
        }
        _folder.Dispose();
    }

    [Fact]
    public void I_1_a_schedule_lasts_and_goes_on_in_its_rhythm()
    {
        var errand = Start();
        errand.Advance(TimeSpan.FromMinutes(7));
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromMinutes(15))));
        errand.Advance(TimeSpan.FromHours(1));
        var next = Reopened(errand);
        next.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => i * 15.0 + 7), MinutesOf(next));
        Assert.Equal(8, Ask(next, schedules => schedules.GetAsync("x")).Runs);
        Assert.All(JobsOf(next), job => Assert.Equal((JobState.Completed, Note.Input), (job.State, job.Spec.Input)));
    }

    [Theory]
    [InlineData(MissedRuns.RunOnce, 60, 240)]
    [InlineData(MissedRuns.Skip, 60)]
    [InlineData(MissedRuns.RunAll, 60, 120, 180, 240)]
    public void I_1_runs_that_were_missed_while_the_file_was_closed_are_dealt_with(MissedRuns policy, params int[] minutes)
    {
        var errand = Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1)) with { MissedRuns = policy }));
        errand.Advance(TimeSpan.FromMinutes(90));
        var next = Reopened(errand, TimeSpan.FromHours(3));
        Assert.Equal(minutes.Select(minute => (double)minute), MinutesOf(next));
    }

    [Fact]
    public void I_1_a_pause_and_a_replacement_last()
    {
        var errand = Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1))));
        Ask(errand, schedules => schedules.PauseAsync("x"));
        var second = Reopened(errand, TimeSpan.FromHours(2));
        Assert.True(Ask(second, schedules => schedules.GetAsync("x")).Schedule.Paused);
        Ask(second, schedules => schedules.ReplaceAsync(Every(TimeSpan.FromMinutes(10))));
        Ask(second, schedules => schedules.ResumeAsync("x"));
        var third = Reopened(second);
        third.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal([130, 140], MinutesOf(third));
        Assert.True(Ask(third, schedules => schedules.DeleteAsync("x")));
        var fourth = Reopened(third, TimeSpan.FromHours(1));
        Assert.Null(Ask(fourth, schedules => schedules.FindAsync("x")));
        Assert.Equal(2, JobsOf(fourth).Count);
    }

    [Fact]
    public void I_1_two_servers_on_one_file_start_each_run_once()
    {
        var errand = Start();
        var other = Another(errand);
        Ask(errand, schedules => schedules.CreateAsync(new() { Name = "x", Job = Note, Cron = "*/2 * * * *", MissedRuns = MissedRuns.RunAll }));
        errand.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Enumerable.Range(1, 15).Select(i => i * 2.0), MinutesOf(other));
    }

    [Fact]
    public void I_1_a_run_that_was_made_up_for_is_not_made_up_for_again()
    {
        var errand = Start();
        Ask(errand, schedules => schedules.CreateAsync(Every(TimeSpan.FromHours(1))));
        var begin = errand.Time.GetUtcNow();
        var jobs = Ask(errand, schedules => schedules.BackfillAsync("x", begin.AddHours(-5), begin));
        var next = Reopened(errand);
        var again = Ask(next, schedules => schedules.BackfillAsync("x", begin.AddHours(-5), begin));
        Assert.Equal(jobs.Select(job => job.Id), again.Select(job => job.Id));
        Assert.Equal(5, JobsOf(next).Count);
    }

    private ErrandTest Start() => Kept(ErrandTest.Start(builder => builder
        // Its sockets would be waited for in real time.
        .UseSqlite(new SqliteStoreOptions { Path = _folder.File, Doorbell = false })
        .AddJob("note", _ => new(JobOutcome.Completed()))));

    private ErrandTest Another(ErrandTest errand) => Kept(errand.StartAnother());

    private ErrandTest Kept(ErrandTest errand)
    {
        _servers.Add(errand);
        return errand;
    }

    /// <summary>Stops a server and closes its file, as the end of its process would: both take steps of its world.</summary>
    private static void Close(ErrandTest errand)
    {
        errand.Stop();
        errand.Run(_ => errand.Services.GetRequiredService<IJobStore>().DisposeAsync());
    }

    /// <summary>The next server, after a while in which there was none.</summary>
    private ErrandTest Reopened(ErrandTest errand, TimeSpan downtime = default)
    {
        Close(errand);
        errand.Advance(downtime);
        return Another(errand);
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
