using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Throttling;

public sealed class ThrottleTests
{
    private const long MiB = 1024 * 1024;
    private readonly FakeReadings _machine = new();
    private readonly LogLines _log = new();

    [Fact]
    public void H5_past_the_limit_no_job_is_started_and_the_reason_is_shown()
    {
        using var errand = Start(options => options.MaxLoad = 4);
        var running = errand.Submit(Sleep(30)).Id;
        _machine.Load = 7.2;
        errand.Advance(Seconds(2));

        var direct = errand.Submit(Sleep(1)).Id;
        var queued = errand.Run(client => client.SubmitAsync([Sleep(1), Sleep(1)]))[1].Id;
        errand.Advance(Minutes(10));
        Assert.Equal(JobState.Completed, errand.Get(running).State);
        Assert.Equal(JobState.Queued, errand.Get(direct).State);
        Assert.Equal(
            new JobWait(JobWaitReasons.Throttled, "No jobs are started here for now: the load is 7.2 per core, above 4.", Position: 3),
            errand.Run(client => client.StatusAsync(queued)).WaitingFor);
    }

    [Fact]
    public void H5_starts_go_on_within_a_second_once_there_is_enough_by_a_margin()
    {
        using var errand = Start(options => options.MaxLoad = 4);
        _machine.Load = 5;
        errand.Advance(Seconds(1));
        var id = errand.Submit(Sleep(1)).Id;
        // Better than the limit, but not by a tenth of it.
        _machine.Load = 3.7;
        errand.Advance(Minutes(1));
        Assert.Contains("the load is 3.7 per core, still above 3.6", Why(errand, id), StringComparison.Ordinal);

        _machine.Load = 3.6;
        var enough = errand.World.Elapsed;
        Assert.Equal(JobState.Completed, errand.End(id).State);
        Assert.InRange(errand.World.Elapsed - enough, Seconds(1), Seconds(2));
        // And it does not close again before the limit itself.
        _machine.Load = 3.9;
        errand.Advance(Seconds(5));
        Assert.Equal(JobState.Running, errand.Submit(Sleep(1)).State);
    }

    [Fact]
    public void H5_calls_in_their_patience_promoted_ones_and_what_runs_go_on()
    {
        using var errand = Start(options => options.MaxLoad = 4);
        _machine.Load = 5;
        errand.Advance(Seconds(1));
        Assert.Equal("1", errand.Run(client => client.CallAsync(Sleep(1), Patience(5))).GetResult().ToString());
        var promoted = errand.Run(client => client.CallAsync(Sleep(9), Patience(5)));
        Assert.True(promoted.IsPromoted);
        Assert.Equal(JobState.Completed, errand.End(promoted.Job!.Id).State);
    }

    [Fact]
    public void H5_too_little_free_memory_holds_jobs_back()
    {
        using var errand = Start(options => options.MinFreeMemoryBytes = 512 * MiB);
        _machine.Memory = 511 * MiB;
        errand.Advance(Seconds(1));
        var id = errand.Submit(Sleep(1)).Id;
        Assert.Contains("the free memory is 511 MiB, below 512 MiB", Why(errand, id), StringComparison.Ordinal);
        _machine.Memory = 600 * MiB;
        Assert.Equal(JobState.Completed, errand.End(id).State);
    }

    [Fact]
    public void H5_only_the_disk_of_the_output_is_looked_at_unless_more_is_asked_for()
    {
        using var folder = new Output.TemporaryFolder();
        _machine.Load = 1000;
        _machine.Memory = 0;
        _machine.Disks[folder.Path] = 255 * MiB;
        using var errand = Start(_ => { }, builder => builder.UseOutputFolder(folder.Path));
        var id = errand.Submit(Sleep(1)).Id;
        errand.Advance(Minutes(1));
        Assert.Equal(
            $"No jobs are started here for now: the disk of '{folder.Path}' has 255 MiB free, below 256 MiB.",
            Why(errand, id));
        _machine.Disks[folder.Path] = 300 * MiB;
        Assert.Equal(JobState.Completed, errand.End(id).State);
    }

    [Fact]
    public void H5_each_limit_has_its_own_margin_and_all_that_are_passed_are_named()
    {
        using var errand = Start(options =>
        {
            options.MaxLoad = 4;
            options.MinFreeMemoryBytes = 512 * MiB;
        });
        (_machine.Load, _machine.Memory) = (5, 2);
        errand.Advance(Seconds(1));
        var id = errand.Submit(Sleep(1)).Id;
        string detail = Why(errand, id);
        Assert.Contains("the load is 5 per core", detail, StringComparison.Ordinal);
        Assert.Contains("the free memory is 0 MiB", detail, StringComparison.Ordinal);
        // The load was past its limit and has come back; the memory never was near.
        (_machine.Load, _machine.Memory) = (1, 513 * MiB);
        errand.Advance(Seconds(1));
        Assert.DoesNotContain("load", Why(errand, id), StringComparison.Ordinal);
        (_machine.Load, _machine.Memory) = (3.9, 900 * MiB);
        Assert.Equal(JobState.Completed, errand.End(id).State);
    }

    [Fact]
    public void H5_each_change_is_one_line_in_the_log()
    {
        using var errand = Start(options => options.MaxLoad = 4);
        _machine.Load = 5;
        errand.Advance(Minutes(1));
        _machine.Load = 6;
        errand.Advance(Minutes(1));
        _machine.Load = 1;
        errand.Advance(Minutes(1));
        Assert.Equal(
            [
                "No more jobs are started here for now: the load is 5 per core, above 4 (ErrandOptions.Throttle). What runs goes on.",
                "Jobs are started here again.",
            ], _log.Lines);
    }

    [Fact]
    public void H5_what_cannot_be_read_holds_nothing_back()
    {
        using var errand = Start(options => (options.MaxLoad, options.MinFreeMemoryBytes) = (4, 512 * MiB));
        (_machine.Load, _machine.Memory) = (null, null);
        errand.Advance(Seconds(1));
        Assert.Equal(JobState.Running, errand.Submit(Sleep(1)).State);
        _machine.Failure = new InvalidOperationException("no such thing");
        errand.Advance(Minutes(1));
        Assert.Equal(JobState.Running, errand.Submit(Sleep(1)).State);
        Assert.Single(_log.Lines, line => line.Contains("A reading of the machine's resources failed", StringComparison.Ordinal));
    }

    [Fact]
    public void H5_the_machine_is_read_once_a_second_however_many_jobs_come()
    {
        using var errand = Start(options => options.MaxLoad = 4);
        for (int i = 0; i < 200; i++) errand.Run(client => client.SubmitAsync([Sleep(0.01), Sleep(0.02)]));
        errand.Advance(Seconds(10));
        Assert.InRange(_machine.Readings, 10, errand.World.Elapsed.TotalSeconds + 2);
    }

    [Fact]
    public void H5_limits_that_make_no_sense_are_refused_at_the_start()
    {
        var options = new ErrandOptions();
        options.Throttle.MaxLoad = 0;
        options.Throttle.MinFreeMemoryBytes = -1;
        options.Throttle.MinFreeDiskBytes = 0;
        options.Throttle.Margin = 1;
        string[] named = ["MaxLoad", "MinFreeMemoryBytes", "MinFreeDiskBytes", "Margin"];
        Assert.Equal([.. named.Select(name => $"Throttle.{name}")], options.Problems().Select(problem => problem.Split(' ')[0]));
        Assert.Empty(new ErrandOptions().Problems());
    }

    private static string Why(ErrandTest errand, JobId id) => errand.Run(client => client.StatusAsync(id)).WaitingFor!.Detail;

    private ErrandTest Start(Action<ThrottleOptions> limits, Action<ErrandBuilder>? more = null) => ErrandTest.Start(builder =>
    {
        builder.AddSleep().Configure(options => limits(options.Throttle));
        builder.Services.AddSingleton<IResourceReadings>(_machine).AddSingleton<ILoggerProvider>(_log);
        more?.Invoke(builder);
    });
}
