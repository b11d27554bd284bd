using Errand.Testing;
using static Errand.Tests.Kinds;
using static Errand.Tests.Scheduling.ScheduleKit;

namespace Errand.Tests.Scheduling;

/// <summary>What becomes of runs that came due while nobody was there.</summary>
public sealed class MissedRunTests
{
    [Theory]
    [InlineData(MissedRuns.RunOnce, "01:00", "05:00", "06:00")]
    [InlineData(MissedRuns.Skip, "01:00", "06:00")]
    [InlineData(MissedRuns.RunAll, "01:00", "02:00", "03:00", "04:00", "05:00", "06:00")]
    public void I1_missed_runs_are_dealt_with_as_the_schedule_says(MissedRuns policy, params string[] expected)
    {
        using var next = StartAfterDowntime(Every(Hours(1)) with { MissedRuns = policy }, Hours(4));
        next.Advance(Hours(1));
        Assert.Equal(expected, next.Times());
        Assert.Equal(expected.Length, next.Schedule().Runs);
        Assert.All(next.Jobs(), job => Assert.Equal(JobState.Completed, job.State));
    }

    [Fact]
    public void I1_all_missed_runs_have_a_bound_and_the_latest_count()
    {
        using var next = StartAfterDowntime(Every(Minutes(1)) with { MissedRuns = MissedRuns.RunAll, MaxMissedRuns = 3 }, Hours(4));
        Assert.Equal(["01:29", "01:30", "05:28", "05:29", "05:30"], next.Times()[^5..]);
    }

    [Fact]
    public void I1_a_run_that_is_a_little_late_is_not_missed()
    {
        using var errand = Start();
        errand.Create(Every(Hours(1)) with { MissedRuns = MissedRuns.Skip });
        errand.Advance(Hours(1) - Seconds(5));
        errand.Node.Kill();
        errand.Advance(Seconds(30));
        using var next = errand.StartAnother();
        Assert.Equal(["01:00"], next.Times());
    }

    [Theory]
    [InlineData(MissedRuns.RunOnce, "02:00")]
    [InlineData(MissedRuns.Skip)]
    [InlineData(MissedRuns.RunAll, "02:00")]
    public void I1_the_one_time_of_a_schedule_can_be_missed_too(MissedRuns policy, params string[] expected)
    {
        using var next = StartAfterDowntime(new() { Name = "x", Job = Note, At = ScheduleTexts.Begin + Hours(2), MissedRuns = policy }, Hours(4));
        Assert.Equal(expected, next.Times());
        Assert.Null(next.Schedule().NextRun);
    }

    [Fact]
    public void I1_years_of_missed_runs_are_no_work()
    {
        using var next = StartAfterDowntime(Cron("* * * * * *"), TimeSpan.FromDays(3650));
        Assert.Equal(ScheduleTexts.Begin + Hours(1.5) + TimeSpan.FromDays(3650), next.Schedule().LastRun);
        Assert.Equal((int)Hours(1.5).TotalSeconds + 1, next.Schedule().Runs);
    }

    /// <summary>A host that dies after an hour and a half, and one that starts after that time.</summary>
    private static ErrandTest StartAfterDowntime(JobSchedule schedule, TimeSpan downtime)
    {
        var errand = Start();
        errand.Create(schedule);
        errand.Advance(Hours(1.5));
        errand.Node.Kill();
        errand.Advance(downtime);
        return errand.StartAnother();
    }
}
