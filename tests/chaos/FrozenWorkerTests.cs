using System.Text;
using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

public sealed class FrozenWorkerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B_40_a_worker_that_was_frozen_past_its_lease_writes_nothing_to_what_another_has_taken_over()
    {
        await using var folder = new ChaosFolder();
        var host = await folder.Keep(ChaosHost.StartAsync(folder.Settings() with { RunsJobs = false, Output = folder.Output }, null, (_, _) => { }));
        var first = await folder.StartAsync(settings => settings with { Output = folder.Output });
        var again = await first.SubmitAsync(Kinds.Chatty, ordinal: 1);
        var resumed = await first.SubmitAsync(Kinds.ChattyResumed, ordinal: 2);
        await first.HearAsync(Deed.Saved, again);
        await first.HearAsync(Deed.Saved, resumed);
        var second = await folder.StartAsync(settings => settings with { Output = folder.Output });

        first.Freeze();
        var takenAgain = await second.HearAsync(Deed.Saved, again);
        var takenResumed = await second.HearAsync(Deed.Saved, resumed);
        string[] before = [await OutputAsync(host, again, 1), await OutputAsync(host, resumed, 1)];
        first.Thaw();
        await first.HearAsync(Words.Logged, $"{Logs.Lapsed}");

        Assert.Equal((2, 1), (takenAgain.Attempt, takenResumed.Attempt));
        await CheckAsync(again, before[0]);
        await CheckAsync(resumed, before[1]);

        async Task CheckAsync(JobId id, string known)
        {
            // The body does not listen and goes on: it writes, it saves, it ends.
            var ended = await first.HearAsync(Deed.Ended, id);
            var job = await host.Client.GetAsync(id, Cancellation);
            Assert.Equal(JobState.Running, job.State);
            Assert.DoesNotContain(ended.Run, job.Checkpoint.ToString(), StringComparison.Ordinal);
            await host.Client.CancelAsync(id, "test", Cancellation);
            Assert.Equal(JobState.Cancelled, (await host.Client.WaitAsync(id, null, Cancellation)).Job.State);
            string since = (await OutputAsync(host, id, 1))[known.Length..];
            Assert.DoesNotContain(ended.Run, since, StringComparison.Ordinal);
            Assert.Equal(job.Attempt == 1, since.Length > 0);
            if (job.Attempt > 1) Assert.DoesNotContain(ended.Run, await OutputAsync(host, id, job.Attempt), StringComparison.Ordinal);
        }
    }

    private static async Task<string> OutputAsync(ChaosHost host, JobId id, int attempt)
    {
        var slice = await host.Client.ReadOutputAsync(id, new() { Attempt = attempt, MaxBytes = OutputRange.LargestMaxBytes }, Cancellation);
        Assert.True(slice.AtEnd);
        return string.Concat(slice.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Bytes.Span)));
    }
}
