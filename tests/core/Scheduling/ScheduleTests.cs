using Errand.Storage;
using static Errand.Tests.Kinds;
using static Errand.Tests.Scheduling.ScheduleKit;

namespace Errand.Tests.Scheduling;

public sealed class ScheduleTests
{
    [Fact]
    public void I1_an_interval_runs_from_one_time_to_the_next_to_the_moment()
    {
        using var errand = Start();
        errand.Advance(Seconds(20.25));
        Assert.Equal(ScheduleTexts.Begin + Seconds(20.25) + Minutes(15), errand.Create(Every(Minutes(15))).NextRun);
        errand.Advance(Hours(1));
        Assert.Equal(["00:15:20", "00:30:20", "00:45:20", "01:00:20"], errand.Times());
        Assert.All(errand.Jobs(), job => Assert.Equal((JobState.Completed, job.ScheduledFor()), (job.State, job.StartedAt)));
        var status = errand.Schedule();
        Assert.Equal((4, errand.Jobs()[^1].Id, errand.Jobs()[^1].ScheduledFor()), (status.Runs, status.LastJob, status.LastRun));
    }

    [Fact]
    public void I1_an_interval_counts_from_its_start()
    {
        using var errand = Start();
        errand.Advance(Hours(1.1));
        errand.Create(Every(Hours(1)) with { From = ScheduleTexts.Begin - Minutes(30), Until = ScheduleTexts.Begin + Hours(3.5) });
        errand.Advance(Hours(5));
        Assert.Equal(["01:30", "02:30", "03:30"], errand.Times());
        Assert.Null(errand.Schedule().NextRun);
    }

    [Fact]
    public void I1_a_start_to_come_is_the_first_run()
    {
        using var errand = Start();
        errand.Create(Every(Hours(2)) with { From = ScheduleTexts.Begin + Hours(1) });
        errand.Advance(Hours(4));
        Assert.Equal(["01:00", "03:00"], errand.Times());
    }

    [Fact]
    public void I1_cron_runs_by_the_clocks_of_its_zone()
    {
        using var errand = Start();
        errand.Create(Cron("30 2 * * *") with { TimeZone = "Asia/Kathmandu" });
        errand.Advance(Hours(22));
        Assert.Equal(["20:45"], errand.Times());
        Assert.Equal("44:45", ScheduleTexts.Text(errand.Schedule().NextRun!.Value));
        Assert.Equal("2026-01-02T02:30:00+05:45", errand.Jobs()[0].Spec.Metadata["scheduledFor"]);
    }

    [Fact]
    public void I1_a_schedule_for_one_time_runs_once_and_has_come_to_its_end()
    {
        using var errand = Start();
        errand.Create(new() { Name = "x", Job = Note, At = ScheduleTexts.Begin + Hours(5) });
        errand.Advance(Hours(20));
        Assert.Equal(["05:00"], errand.Times());
        Assert.Null(errand.Schedule().NextRun);
        Assert.Empty(errand.Ask(schedules => schedules.NextTimesAsync("x", 3)));
    }

    [Fact]
    public void I1_a_job_of_a_schedule_is_what_was_asked_for_and_can_be_found()
    {
        using var errand = Start();
        var job = new JobSpec("note", JobData.Parse("[1]"))
        {
            Title = "tidy up", Owner = "ann", Session = "s", Priority = 3, Tags = ["night"],
            Metadata = new Dictionary<string, string> { ["a"] = "b" },
        };
        errand.Create(Every(Hours(1)) with { Job = job });
        errand.Advance(Hours(1));
        var spec = Assert.Single(errand.Jobs()).Spec;
        Assert.Equal((job.Title, job.Owner, job.Session, job.Priority, job.Input), (spec.Title, spec.Owner, spec.Session, spec.Priority, spec.Input));
        Assert.Equal(["night", "schedule:x"], spec.Tags);
        Assert.Equal(["a", "scheduledFor"], spec.Metadata.Keys);
    }

    [Fact]
    public void I1_a_paused_schedule_does_not_run_and_goes_on_from_when_it_is_resumed()
    {
        using var errand = Start();
        errand.Create(Every(Hours(1)) with { MissedRuns = MissedRuns.RunAll });
        errand.Advance(Hours(1.5));
        Assert.Null(errand.Ask(schedules => schedules.PauseAsync("x")).NextRun);
        errand.Advance(Hours(3));
        Assert.Equal(3, errand.Ask(schedules => schedules.NextTimesAsync("x", 3)).Count);
        Assert.Equal(ScheduleTexts.Begin + Hours(5), errand.Ask(schedules => schedules.ResumeAsync("x")).NextRun);
        errand.Ask(schedules => schedules.ResumeAsync("x"));
        errand.Advance(Hours(1));
        Assert.Equal(["01:00", "05:00"], errand.Times());
    }

    [Fact]
    public void I1_a_schedule_may_begin_paused()
    {
        using var errand = Start();
        errand.Create(Every(Hours(1)) with { Paused = true });
        errand.Advance(Hours(2.5));
        errand.Ask(schedules => schedules.ResumeAsync("x"));
        errand.Advance(Hours(1));
        Assert.Equal(["03:00"], errand.Times());
    }

    [Fact]
    public void I1_a_run_by_hand_is_apart_from_the_times()
    {
        using var errand = Start();
        errand.Create(Every(Hours(1)) with { Paused = true });
        var job = errand.Ask(schedules => schedules.RunNowAsync("x"));
        Assert.Equal(JobState.Completed, errand.End(job.Id).State);
        Assert.Equal([job.Id], errand.Jobs().Select(job => job.Id));
        Assert.Equal(0, errand.Schedule().Runs);
        errand.Ask(schedules => schedules.ResumeAsync("x"));
        errand.Advance(Hours(1));
        Assert.Equal(2, errand.Jobs().Count);
    }

    [Fact]
    public void I1_a_time_that_is_over_is_made_up_for_and_each_run_of_it_once()
    {
        using var errand = Start();
        errand.Create(Cron("0 */6 * * *"));
        errand.Advance(Hours(13));
        DateTimeOffset from = ScheduleTexts.Begin - Hours(12), to = ScheduleTexts.Begin + Hours(12);
        var jobs = errand.Ask(schedules => schedules.BackfillAsync("x", from, to));
        Assert.Equal(["-12:00", "-06:00", "00:00", "06:00"], jobs.Select(job => ScheduleTexts.Text(job.ScheduledFor())));
        errand.RunToIdle();
        Assert.Equal(jobs.Select(job => job.Id), errand.Ask(schedules => schedules.BackfillAsync("x", from, to)).Select(job => job.Id));
        Assert.Equal(["-12:00", "-06:00", "00:00", "06:00", "12:00"], errand.Times());
        // All of them have run, and the schedule's own rhythm is as it was.
        Assert.All(errand.Jobs(), job => Assert.Equal(JobState.Completed, job.State));
        Assert.Equal(2, errand.Schedule().Runs);
    }

    [Fact]
    public void I1_jitter_puts_each_run_off_by_its_own_time()
    {
        using var errand = Start();
        errand.Create(Every(Minutes(20)) with { Jitter = Minutes(10) });
        errand.Advance(Hours(7));
        var off = errand.Jobs().Where(job => job.StartedAt is not null).Select(job => job.StartedAt!.Value - job.ScheduledFor()).ToArray();
        Assert.All(off, time => Assert.InRange(time, TimeSpan.Zero, Minutes(10)));
        Assert.Equal(20, off[..20].Distinct().Count());
        Assert.True(off.Max() > Minutes(7) && off.Min() < Minutes(3));
    }

    [Fact]
    public void I1_what_others_change_is_noticed_within_the_poll_interval()
    {
        using var errand = Start();
        using var other = errand.StartOnlooker();
        errand.Advance(Minutes(1));
        other.Create(Every(Seconds(10)));
        errand.Advance(Seconds(25));
        Assert.Equal(["00:01:10", "00:01:20"], errand.Times());
        other.Ask(schedules => schedules.PauseAsync("x"));
        errand.Advance(Minutes(1));
        Assert.Equal(2, errand.Times().Length);
        other.Ask(schedules => schedules.ResumeAsync("x"));
        other.Ask(schedules => schedules.ReplaceAsync(Every(Minutes(1))));
        errand.Advance(Minutes(1));
        Assert.Equal(["00:01:10", "00:01:20", "00:03:25"], errand.Times());
        other.Ask(schedules => schedules.DeleteAsync("x"));
        errand.Advance(Minutes(5));
        Assert.Equal(3, errand.Times().Length);
    }

    [Fact]
    public void I1_a_schedule_that_is_declared_again_goes_on_as_it_was()
    {
        using var errand = Start();
        errand.Ask(schedules => schedules.ReplaceAsync(Every(Hours(1))));
        errand.Advance(Hours(1.5));
        errand.Ask(schedules => schedules.ReplaceAsync(Every(Hours(1)) with { Job = Note with { Title = "new" } }));
        errand.Advance(Hours(1));
        Assert.Equal(["01:00", "02:00"], errand.Times());
        Assert.Equal(["", "new"], errand.Jobs().Select(job => job.Spec.Title ?? ""));
        // Other times count from now.
        errand.Ask(schedules => schedules.ReplaceAsync(Every(Hours(2))));
        errand.Advance(Hours(2));
        Assert.Equal(["01:00", "02:00", "04:30"], errand.Times());
    }

    [Fact]
    public void I1_a_schedule_that_is_declared_again_stays_paused()
    {
        using var errand = Start();
        errand.Create(Every(Hours(1)));
        errand.Ask(schedules => schedules.PauseAsync("x"));
        Assert.True(errand.Ask(schedules => schedules.ReplaceAsync(Every(Hours(1)))).Schedule.Paused);
        errand.Advance(Hours(3));
        Assert.Empty(errand.Times());
    }

    [Fact]
    public void Schedules_are_listed_by_name_page_by_page_without_the_deleted()
    {
        using var errand = Start();
        string[] names = [.. Enumerable.Range(10, 30).Select(i => $"n{i}")];
        foreach (string name in names.Reverse()) errand.Create(Every(Hours(1)) with { Name = name });
        for (int i = 0; i < 30; i += 3) Assert.True(errand.Ask(schedules => schedules.DeleteAsync(names[i])));
        Assert.False(errand.Ask(schedules => schedules.DeleteAsync(names[0])));
        string[] living = [.. names.Where((_, i) => i % 3 != 0)];
        Assert.Equal(living, errand.Ask(schedules => schedules.ListAsync()).Select(status => status.Schedule.Name));
        Assert.Equal(living[..7], errand.Ask(schedules => schedules.ListAsync(limit: 7)).Select(status => status.Schedule.Name));
        Assert.Equal(living[7..14], errand.Ask(schedules => schedules.ListAsync(living[6], 7)).Select(status => status.Schedule.Name));
        Assert.Empty(errand.Ask(schedules => schedules.ListAsync(living[^1])));
    }

    [Fact]
    public void The_next_times_are_told()
    {
        using var errand = Start();
        errand.Create(Cron("0 9 * * MON-FRI") with { TimeZone = "Europe/Berlin" });
        Assert.Equal(["2026-01-01T09:00:00+01:00", "2026-01-02T09:00:00+01:00", "2026-01-05T09:00:00+01:00"],
            errand.Ask(schedules => schedules.NextTimesAsync("x", 3)).Select(time => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz")));
    }

    [Fact]
    public void A_schedule_that_is_not_there_is_told_of()
    {
        using var errand = Start();
        Assert.Null(errand.Ask(schedules => schedules.FindAsync("x")));
        foreach (var call in new Func<IScheduleClient, ValueTask>[]
        {
            async schedules => await schedules.GetAsync("x"),
            async schedules => await schedules.PauseAsync("x"), async schedules => await schedules.ResumeAsync("x"),
            async schedules => await schedules.RunNowAsync("x"), async schedules => await schedules.NextTimesAsync("x", 1),
            async schedules => await schedules.BackfillAsync("x", ScheduleTexts.Begin, ScheduleTexts.Begin + Hours(1)),
        })
            Assert.Contains("'x'", Assert.Throws<ScheduleNotFoundException>(() => errand.Ask(async schedules =>
            {
                await call(schedules);
                return true;
            })).Message, StringComparison.Ordinal);
        errand.Create(Every(Hours(1)));
        var exists = Assert.Throws<ScheduleExistsException>(() => errand.Create(Every(Hours(2))));
        Assert.Contains("ReplaceAsync", exists.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_be_used_again_and_whoever_read_the_old_schedule_cannot_write_it_over_the_new_one()
    {
        var memory = new MemoryJobStore();
        using var errand = Start(memory);
        errand.Create(Every(Hours(1)));
        var store = new ScheduleStore(memory);
        var old = errand.Run(_ => store.ReadAsync("x"))!;
        errand.Ask(schedules => schedules.DeleteAsync("x"));
        errand.Create(Every(Hours(3)));
        Assert.False(errand.Run(_ => store.WriteAsync(old.Record!, old.Version)));
        errand.Advance(Hours(4));
        Assert.Equal(["03:00"], errand.Times());
        errand.Ask(schedules => schedules.DeleteAsync("x"));
        errand.Advance(Hours(23));
        Assert.Single(errand.Run(_ => memory.ListRecordsAsync("schedule/", null, 10)));
        errand.Advance(Hours(2));
        Assert.Empty(errand.Run(_ => memory.ListRecordsAsync("schedule/", null, 10)));
    }
}
