using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

public sealed class DoorbellTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task J2_a_job_that_one_process_submits_is_picked_up_by_another_through_the_doorbell_and_without_it(bool doorbell)
    {
        await using var folder = new ChaosFolder();
        // The runner itself looks once an hour: what it hears of, it hears from the store.
        var runner = await folder.StartAsync(settings => settings with { PollInterval = Never, Doorbell = doorbell, StorePollInterval = doorbell ? Never : null });
        var submitter = await folder.StartAsync(settings => settings with { RunsJobs = false, PollInterval = Never, Doorbell = doorbell });

        for (int ordinal = 1; ordinal <= 20; ordinal++)
        {
            var id = await submitter.SubmitAsync(Kinds.Plain, ordinal);
            await runner.HearAsync(Deed.Ended, id);
        }

        Assert.Equal(0, await submitter.StopAsync());
        Assert.Equal(0, await runner.StopAsync());
    }

    [Fact]
    public async Task J2_a_waiter_and_a_cancel_reach_across_processes_through_the_doorbell()
    {
        await using var folder = new ChaosFolder();
        var runner = await folder.StartAsync(settings => settings with { PollInterval = Never, StorePollInterval = Never });
        var host = await folder.Keep(ChaosHost.StartAsync(
            folder.Settings() with { RunsJobs = false, PollInterval = Never, StorePollInterval = Never }, null, (_, _) => { }));
        var id = await runner.SubmitAsync(Kinds.Endless, ordinal: 1);
        await runner.HearAsync(Deed.Started, id);
        var waiting = host.Client.WaitAsync(id, null, TestContext.Current.CancellationToken);

        var reply = await host.Client.CancelAsync(id, "test", TestContext.Current.CancellationToken);

        Assert.Equal(StopAnswer.Cancelling, reply.Answer);
        Assert.Equal(JobState.Cancelled, (await waiting).Job.State);
    }
}
