using FsCheck.Fluent;

namespace Errand.Tests.Jobs;

public sealed class JobProgressTests
{
    private static readonly DateTimeOffset Started = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void B_13_25_of_100_after_10_seconds_leaves_30() =>
        Assert.Equal(TimeSpan.FromSeconds(30), new JobProgress(25, 100).Remaining(Started, Started.AddSeconds(10)));

    [Fact]
    public void B_13_at_zero_nothing_tells_when_it_will_be_done()
    {
        Assert.Equal(0, new JobProgress(0, 100).Percent);
        Assert.Null(new JobProgress(0, 100).Remaining(Started, Started.AddSeconds(10)));
    }

    [Fact]
    public void B_13_a_total_of_nothing_has_no_percentage()
    {
        Assert.Null(new JobProgress(5, 0).Percent);
        Assert.Null(new JobProgress(5, -1).Percent);
        Assert.Null(new JobProgress(5).Percent);
        Assert.Null(new JobProgress(5, 0).Remaining(Started, Started.AddSeconds(10)));
    }

    [Fact]
    public void B_13_15_of_10_is_100_percent()
    {
        Assert.Equal(100, new JobProgress(15, 10).Percent);
        Assert.Equal(TimeSpan.Zero, new JobProgress(15, 10).Remaining(Started, Started.AddSeconds(10)));
    }

    [Fact]
    public void Less_than_nothing_is_nothing() => Assert.Equal(0, new JobProgress(-3, 10).Percent);

    [Fact]
    public void A_clock_that_went_back_tells_nothing() => Assert.Null(new JobProgress(25, 100).Remaining(Started, Started.AddSeconds(-1)));

    [Fact]
    public void A_percentage_is_within_its_bounds_or_absent_whatever_was_reported() => Properties.Hold(
        Prop.ForAll<double, double>((current, total) =>
        {
            var progress = new JobProgress(current, total);
            if (progress.Percent is { } percent) Assert.InRange(percent, 0, 100);
            if (progress.Remaining(Started, Started.AddSeconds(10)) is { } remaining) Assert.True(remaining >= TimeSpan.Zero);
        }));

    [Theory]
    [InlineData(double.NaN, 10)]
    [InlineData(10, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void What_is_no_number_has_no_percentage(double current, double total)
    {
        Assert.Null(new JobProgress(current, total).Percent);
        Assert.Null(new JobProgress(current, total).Remaining(Started, Started.AddSeconds(10)));
    }

    [Fact]
    public void Only_a_running_job_has_a_time_of_arrival()
    {
        var now = Started.AddSeconds(10);
        foreach (var phase in Enum.GetValues<JobPhase>())
        {
            var job = Steps.In(phase) with { StartedAt = Started, Progress = new(25, 100) };
            Assert.Equal(job.State == JobState.Running ? now.AddSeconds(30) : null, job.Eta(now));
        }
        Assert.Null((Steps.In(JobPhase.Running) with { Progress = null }).Eta(now));
        Assert.Null((Steps.In(JobPhase.Running) with { StartedAt = null, Progress = new(25, 100) }).Eta(now));
    }
}
