using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Diagnostics;

/// <summary>E7: what is logged within a job is its output.</summary>
public sealed class LoggingTests
{
    [Fact]
    public void E7_every_way_to_log_within_a_job_reaches_its_output()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("talks", async job =>
        {
            job.Log("by the context");
            job.Logger.LogWarning("by the job's logger {Number}", 7);
            var host = job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop.Talks");
            host.LogInformation("by the host's logger");
            await Task.Delay(Seconds(1), job.Time);
            await Deeper(host);
            host.LogDebug("too small to be kept");
        }));
        const string Expected = "by the context\nwarn: by the job's logger 7\ninfo: by the host's logger\nerror: from deeper\n";
        Assert.Equal(Expected, errand.OutputOf(errand.End(errand.Submit(new("talks")).Id).Id));
        var promoted = errand.Run(client => client.CallAsync(new JobSpec("talks"), Patience(0.5))).Job!;
        Assert.Equal(Expected, errand.OutputOf(errand.End(promoted.Id).Id));

        static async Task Deeper(ILogger logger)
        {
            await Task.Yield();
            logger.LogError("from deeper");
        }
    }

    [Fact]
    public void E7_each_job_gets_only_its_own_lines_and_the_host_none()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("talks", async job =>
        {
            var logger = job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
            for (int i = 0; i < 5; i++)
            {
                logger.LogInformation("{Name}{I}", job.Input, i);
                await Task.Delay(Seconds(1), job.Time);
            }
        }));
        var jobs = errand.Run(client => client.SubmitAsync([.. Enumerable.Range(0, 5).Select(i => new JobSpec("talks", JobData.Parse($"{i}")))]));
        var outside = errand.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        for (int i = 0; i < 5; i++)
        {
            errand.Advance(Seconds(1));
            outside.LogInformation("outside");
            Assert.False(outside.IsEnabled(LogLevel.Information));
        }
        for (int i = 0; i < 5; i++)
            Assert.Equal(string.Concat(Enumerable.Range(0, 5).Select(line => $"info: {i}{line}\n")), errand.OutputOf(errand.End(jobs[i].Id).Id));
    }

    [Fact]
    public void E7_a_call_within_a_job_logs_into_its_own_output_and_the_job_into_its()
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("outer", async job =>
            {
                var logger = job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
                logger.LogInformation("before");
                await job.Services.GetRequiredService<IJobClient>().CallAsync(new JobSpec("inner"));
                logger.LogInformation("after");
            })
            .Add("inner", async job =>
            {
                await Task.Delay(Seconds(1), job.Time);
                job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop").LogInformation("inner");
            }));
        Assert.Equal("info: before\ninfo: after\n", errand.OutputOf(errand.End(errand.Submit(new("outer")).Id).Id));
    }

    [Fact]
    public void E7_what_goes_on_after_the_end_of_its_job_writes_nowhere()
    {
        ILogger? logger = null;
        var goOn = new TaskCompletionSource();
        using var errand = ErrandTest.Start(builder => builder.Add("leaves", job =>
        {
            logger = job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
            _ = LaterAsync();
            return Task.CompletedTask;
        }));
        var job = errand.End(errand.Submit(new("leaves")).Id);
        errand.Node.Post(goOn.SetResult);
        errand.Advance(Seconds(5));
        Assert.Equal("", errand.OutputOf(job.Id));
        Assert.Empty(errand.Run(_ => errand.Services.GetRequiredService<IOutputLog>().ListAsync(default, 10)));

        async Task LaterAsync()
        {
            await goOn.Task;
            logger!.LogInformation("too late");
        }
    }
}
