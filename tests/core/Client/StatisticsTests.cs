using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>C3 and S9: what ended jobs tell about others of their kind.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void C3_without_progress_the_history_of_the_kind_tells_with_an_interval()
    {
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 100).AddSleep());
        var jobs = errand.Run(client => client.SubmitAsync([.. Enumerable.Range(1, 10).Select(tens => Sleep(tens * 10))]));
        errand.Advance(Minutes(2));
        var running = errand.Submit(Sleep(1000));
        var startedAt = errand.Get(running.Id).StartedAt ?? errand.Time.GetUtcNow();
        var eta = errand.Run(client => client.StatusAsync(running.Id)).Eta!;
        Assert.Equal((Seconds(50), Seconds(10), Seconds(100 - 10)), (eta.At - startedAt, eta.LowAt - startedAt, eta.HighAt - startedAt));
        // What it has already outlasted does not count any more.
        errand.Advance(Seconds(65));
        eta = errand.Run(client => client.StatusAsync(running.Id)).Eta!;
        Assert.Equal((Seconds(80), Seconds(70), Seconds(100)), (eta.At - startedAt, eta.LowAt - startedAt, eta.HighAt - startedAt));
        errand.Advance(Seconds(60));
        Assert.Null(errand.Run(client => client.StatusAsync(running.Id)).Eta);
        Assert.Equal(10, jobs.Count);
    }

    [Fact]
    public void C3_progress_goes_before_history_and_nothing_known_is_none()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Add("told", async job =>
        {
            await Task.Delay(Seconds(10), job.Time);
            job.Report(25, 100);
            await Task.Delay(Seconds(100), job.Time);
            return "1";
        }));
        var told = errand.Submit(new("told"));
        var silent = errand.Submit(Sleep(50));
        errand.Advance(Seconds(10));
        Assert.Equal(new JobEta(errand.Time.GetUtcNow() + Seconds(30)), errand.Run(client => client.StatusAsync(told.Id)).Eta);
        Assert.Null(errand.Run(client => client.StatusAsync(silent.Id)).Eta);
    }

    [Fact]
    public void S9_a_kind_tells_how_its_jobs_wait_run_and_fail()
    {
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 1).Add("work", async job =>
        {
            await Task.Delay(Seconds(10), job.Time);
            return job.Input.ToString() == "0" ? throw new InvalidOperationException("no") : "1";
        }));
        errand.Run(client => client.SubmitAsync([.. Enumerable.Range(0, 4).Select(n => new JobSpec("work", JobData.Parse($"{n % 4}")))]));
        errand.Advance(Seconds(45));
        errand.Run(client => client.SubmitAsync([new("work"), new("work")]));
        errand.RunToIdle();
        var statistics = errand.Run(client => client.StatisticsAsync("work"));
        Assert.Equal((4, 0.25), (statistics.Samples, statistics.FailureRate));
        Assert.Equal((3, 1, 1, 1), (statistics.Counts[JobState.Completed], statistics.Counts[JobState.Failed], statistics.Counts[JobState.Queued], statistics.Counts[JobState.Running]));
        Assert.Equal(new TimeSpread(Seconds(10), Seconds(10), Seconds(10)), statistics.Run);
        Assert.Equal(new TimeSpread(Seconds(10), Seconds(30), Seconds(30)), statistics.Wait);
        Assert.Equal((24, 3, 1), (statistics.Hours.Count, statistics.Hours.Sum(hour => hour.Completed), statistics.Hours.Sum(hour => hour.Failed)));
        var none = errand.Run(client => client.StatisticsAsync("never"));
        Assert.Equal((0, null, null), (none.Samples, none.Run, none.FailureRate));
    }
}
