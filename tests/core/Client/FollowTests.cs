using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>Following a job and its output while it runs.</summary>
public sealed class FollowTests
{
    [Fact]
    public void C5_a_watcher_sees_each_news_up_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            for (int step = 1; step <= 3; step++)
            {
                await Task.Delay(Seconds(2), job.Time);
                job.Report(step, 3);
            }
            await Task.Delay(Seconds(2), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        var seen = errand.Run(async client =>
        {
            List<string> lines = [];
            await foreach (var job in client.WatchAsync(id)) lines.Add($"{job.State} {job.Progress?.Current}");
            return lines;
        });
        Assert.Equal(["Running ", "Running 1", "Running 2", "Running 3", "Completed 3"], seen);
    }

    [Fact]
    public void C8_the_monitor_tells_percent_and_message_up_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            job.Report(1, 4, "copying");
            await Task.Delay(Seconds(20), job.Time);
            job.Report(3, 4, "checking");
            await Task.Delay(Seconds(20), job.Time);
            throw new InvalidOperationException("disk full");
        }));
        var id = errand.Submit(new("work")).Id;
        List<string> lines = [];
        var job = errand.Run(async client => await client.MonitorAsync(id, lines.Add, errand.Time));
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("running 25 % copying", lines);
        Assert.Contains("running 75 % checking", lines);
        Assert.Equal("failed InvalidOperationException: disk full", lines[^1]);
        Assert.Equal(Seconds(40), errand.World.Elapsed);
    }

    [Fact]
    public void C8_the_monitor_backs_off()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("chatty", async job =>
        {
            for (int i = 0; i < 240; i++)
            {
                job.Report(i, 240);
                await Task.Delay(Seconds(1), job.Time);
            }
        }));
        var id = errand.Submit(new("chatty")).Id;
        List<string> lines = [];
        errand.Run(async client => await client.MonitorAsync(id, lines.Add, errand.Time));
        // 0.25, 0.5, 1, 2, … 30 s, and then each half minute.
        Assert.InRange(lines.Count, 10, 20);
    }

    [Fact]
    public void E5_output_is_followed_while_it_runs_over_all_attempts_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("talks", async job =>
        {
            for (int i = 0; i < 3; i++)
            {
                job.Log($"{job.Attempt}.{i}");
                await Task.Delay(Seconds(5), job.Time);
            }
            if (job.Attempt == 1) throw new InvalidOperationException("again");
        }, kind => kind.Retry = new() { MaxRetries = 1 }));
        var id = errand.Submit(new("talks")).Id;
        List<(string Text, TimeSpan At)> seen = [];
        errand.Run(async client =>
        {
            await foreach (var slice in client.FollowOutputAsync(id))
                foreach (var chunk in slice.Chunks) seen.Add((System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span), errand.World.Elapsed));
        });
        Assert.Equal("1.0\n1.1\n1.2\n2.0\n2.1\n2.2\n", string.Concat(seen.Select(piece => piece.Text)));
        // Each line was there as soon as it was written.
        Assert.Equal((Seconds(5), Seconds(10)), (seen[1].At, seen[2].At));
    }
}
