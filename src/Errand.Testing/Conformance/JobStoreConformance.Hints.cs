using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Hints: every write of this instance is told here, and those of others where they can be; never anything that must not be lost.
public abstract partial class JobStoreConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_job_that_is_added_is_hinted_at_as_ready()
    {
        using var trap = new HintTrap(Store);
        var job = await Store.AddedAsync(Samples.Queued());
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Ready);
    }

    [Fact]
    public async Task A_job_of_a_later_time_is_hinted_at_so_that_runners_learn_when_it_is_due()
    {
        using var trap = new HintTrap(Store);
        var job = await Store.AddedAsync(Samples.Queued(runAt: 60));
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Ready);
    }

    [Fact]
    public async Task Every_write_is_hinted_at_with_its_version_where_that_is_known()
    {
        using var trap = new HintTrap(Store);
        var job = await Store.AddedAsync(Samples.Queued());
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Version is 0 or 1);
        var held = await Store.ClaimedAsync(Samples.Runner);
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Version is 0 or 2);
        await Store.AppliedAsync(job.Id, JobTransition.ReportProgress(held.Fence, new(1), Samples.At(1)));
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Version is 0 or 3);
        await Store.FinishedAsync(held);
        await HintedAsync(trap, hint => hint.Job == job.Id && hint.Version is 0 or 4);
    }

    [Fact]
    public async Task A_retry_is_hinted_at_as_ready()
    {
        await Store.AddedAsync(Samples.Queued());
        var held = await Store.ClaimedAsync(Samples.Runner);
        using var trap = new HintTrap(Store);
        await Store.AppliedAsync(held.Id, JobTransition.Retry(held, new("e", "m"), Later(60), Samples.At(1)));
        await HintedAsync(trap, hint => hint.Job == held.Id && hint.Ready);
    }

    [Fact]
    public async Task The_end_of_a_job_hints_that_the_next_of_its_session_is_ready()
    {
        await Store.AddedAsync(Samples.Many(2, _ => Samples.Queued(session: "s")));
        var held = await Store.ClaimedAsync(Samples.Runner);
        using var trap = new HintTrap(Store);
        await Store.FinishedAsync(held);
        await HintedAsync(trap, hint => hint.Ready);
    }

    [Fact]
    public async Task A_hint_comes_after_what_it_hints_at()
    {
        var store = Store;
        var finding = new TaskCompletionSource<Task<Job?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = Samples.Queued();
        using var subscription = store.Subscribe(hint =>
        {
            if (hint.Job == job.Id) WorkScheduler.Default.Queue(() => finding.TrySetResult(store.FindAsync(job.Id).AsTask()));
        });
        await store.AddedAsync(job);
        Assert.NotNull(await (await finding.Task.WaitAsync(Patience, Token)));
    }

    [Fact]
    public async Task A_store_may_be_asked_from_within_a_hint()
    {
        var store = Store;
        var finding = new TaskCompletionSource<Task<Job?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = Samples.Queued();
        using var subscription = store.Subscribe(hint => finding.TrySetResult(store.FindAsync(hint.Job).AsTask()));
        await store.AddedAsync(job);
        await (await finding.Task.WaitAsync(Patience, Token)).WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Everybody_who_listens_is_told_and_nobody_else()
    {
        using var first = new HintTrap(Store);
        var second = new HintTrap(Store);
        second.Dispose();
        second.Dispose();
        using var third = new HintTrap(Store);
        var job = await Store.AddedAsync(Samples.Queued());
        await HintedAsync(first, hint => hint.Job == job.Id);
        await HintedAsync(third, hint => hint.Job == job.Id);
        Assert.Empty(second.Caught);
    }

    [Fact]
    public async Task Writes_of_another_instance_are_hinted_at()
    {
        var second = await SecondAsync();
        using var trap = new HintTrap(Store);
        var job = await second.BroughtToAsync(JobPhase.Running);
        // The first ones may be lost while the instances find each other.
        for (int i = 1; !trap.Caught.Any(hint => hint.Job == job.Id); i++)
        {
            Assert.True(i < 60, "No write of the other instance was hinted at.");
            await second.AppliedAsync(job.Id, JobTransition.ReportProgress(job.Fence, new(i), Samples.At(i)));
            await Task.WhenAny(trap.WaitAsync(hint => hint.Job == job.Id), Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System, Token));
        }
    }

    [Fact]
    public async Task Jobs_that_another_instance_adds_are_hinted_at_as_ready()
    {
        var second = await SecondAsync();
        using var trap = new HintTrap(Store);
        for (int i = 1; !trap.Caught.Any(hint => hint.Ready); i++)
        {
            Assert.True(i < 60, "No job of the other instance was hinted at.");
            await second.AddedAsync(Samples.Queued());
            await Task.WhenAny(trap.WaitAsync(hint => hint.Ready), Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System, Token));
        }
    }

    private static Task HintedAsync(HintTrap trap, Predicate<JobHint> wanted) => trap.WaitAsync(wanted).WaitAsync(Patience, Token);
}
