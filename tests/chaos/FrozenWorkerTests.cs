using System.Text;
using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

public sealed class FrozenWorkerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Kinds.Chatty)]
    [InlineData(Kinds.ChattyResumed)]
    public async Task B_40_a_worker_that_was_frozen_past_its_lease_writes_nothing_to_what_another_has_taken_over(string kind)
    {
        await using var folder = new ChaosFolder();
        var host = await folder.Keep(ChaosHost.StartAsync(folder.Settings() with { RunsJobs = false, Output = folder.Output }, null, (_, _) => { }));
        var first = await folder.StartAsync(settings => settings with { Output = folder.Output });
        var id = await first.SubmitAsync(kind, ordinal: 1);
        await first.HearAsync(Deed.Saved, id);
        var second = await folder.StartAsync(settings => settings with { Output = folder.Output });

        first.Freeze();
        var takenOver = await second.HearAsync(Deed.Saved, id);
        string before = await OutputAsync(host, id, attempt: 1);
        first.Thaw();
        await first.HearAsync(Words.Logged, $"{Logs.Lapsed}");
        // The body does not listen and goes on: it writes, it saves, it ends.
        var ended = await first.HearAsync(Deed.Ended, id);

        var job = await host.Client.GetAsync(id, Cancellation);
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal(takenOver.Attempt, job.Attempt);
        Assert.DoesNotContain(ended.Run, job.Checkpoint.ToString(), StringComparison.Ordinal);
        await host.Client.CancelAsync(id, "test", Cancellation);
        Assert.Equal(JobState.Cancelled, (await host.Client.WaitAsync(id, null, Cancellation)).Job.State);
        await first.StopAsync();
        await second.StopAsync();
        string[] lines = (await OutputAsync(host, id, attempt: 1)).Split('\n');
        int known = before.Count(letter => letter == '\n');
        Assert.DoesNotContain(lines.Skip(known), line => line.StartsWith(ended.Run, StringComparison.Ordinal));
        if (takenOver.Attempt > 1) Assert.DoesNotContain(ended.Run, await OutputAsync(host, id, takenOver.Attempt), StringComparison.Ordinal);
    }

    private static async Task<string> OutputAsync(ChaosHost host, JobId id, int attempt)
    {
        var slice = await host.Client.ReadOutputAsync(id, new() { Attempt = attempt, MaxBytes = OutputRange.LargestMaxBytes }, Cancellation);
        Assert.True(slice.AtEnd);
        return string.Concat(slice.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Bytes.Span)));
    }
}
