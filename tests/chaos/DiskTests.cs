using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

public sealed class DiskTests
{
    private static readonly JobData Large = JobData.Trusted(System.Text.Encoding.ASCII.GetBytes($"\"{new string('x', 20_000)}\""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B_41_on_a_full_disk_submits_fail_clearly_running_work_goes_on_and_all_ends_well_once_there_is_space()
    {
        await using var folder = new ChaosFolder();
        using var disk = SmallDisk.TryMount(folder.Root, megabytes: 3);
        if (disk is null) return;
        TaskCompletionSource started = new(), mayEnd = new();
        await using var host = await StartAsync(folder, disk, async _ =>
        {
            started.TrySetResult();
            await mayEnd.Task;
            return JobOutcome.Completed(JobData.Parse("\"well done\""));
        });
        var running = await host.Client.SubmitAsync(new JobSpec("work"), Cancellation);
        await started.Task;

        disk.Fill();
        List<Job> kept = [];
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (kept.Count < 1000) kept.Add(await host.Client.SubmitAsync(new JobSpec("work", Large), Cancellation));
        });
        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        mayEnd.SetResult();
        disk.Empty();

        // The same process goes on by itself.
        foreach (var job in kept.Prepend(running)) await EndsWellAsync(host, job.Id);
        await EndsWellAsync(host, (await host.Client.SubmitAsync(new JobSpec("work", Large), Cancellation)).Id);
        Assert.Equal(kept.Count + 2, (await host.Client.CountAsync(new(), Cancellation))[JobState.Completed]);
    }

    [Fact]
    public async Task B_41_on_a_read_only_disk_a_host_says_so_and_starts_once_it_may_write()
    {
        await using var folder = new ChaosFolder();
        using var disk = SmallDisk.TryMount(folder.Root, megabytes: 8);
        if (disk is null) return;
        JobId waiting;
        await using (var submitter = await StartAsync(folder, disk, work: null))
            waiting = (await submitter.Client.SubmitAsync(new JobSpec(Kinds.Plain), Cancellation)).Id;

        disk.SetReadOnly(true);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync(folder, disk, _ => ValueTask.FromResult(JobOutcome.Completed())));
        Assert.Contains("may write", error.Message, StringComparison.Ordinal);
        disk.SetReadOnly(false);

        await using var host = await StartAsync(folder, disk, _ => ValueTask.FromResult(JobOutcome.Completed()), Kinds.Plain);
        await EndsWellAsync(host, waiting);
    }

    private static Task<ChaosHost> StartAsync(ChaosFolder folder, SmallDisk disk, Func<JobContext, ValueTask<JobOutcome>>? work, string kind = "work") => ChaosHost.StartAsync(
        folder.Settings() with { Store = Path.Combine(disk.Path, "errand.db"), RunsJobs = work is not null },
        work is null ? null : errand => errand.AddJob(kind, work),
        (_, _) => { });

    private static async Task EndsWellAsync(ChaosHost host, JobId id)
    {
        var job = (await host.Client.WaitAsync(id, null, Cancellation)).Job;
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(1, job.Attempt);
    }
}
