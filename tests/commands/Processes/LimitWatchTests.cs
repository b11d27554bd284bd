namespace Errand.Commands.Tests.Processes;

/// <summary>Limits on all processes of a command together: kept by the kernel where a control group can be made, else by looking.</summary>
public sealed class LimitWatchTests : IDisposable
{
    private const string EatMemory = "exec perl -e '$| = 1; print qq(up\\n); $x = q(x) x 200_000_000; sleep 300' TAG";
    // In a child, whose time the shell alone does not have.
    private const string EatTime = "perl -e '$| = 1; print qq(up\\n); $end = time + 20; 1 while time < $end' TAG & wait";
    private const string StartMany = "echo up; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 300 0.TAG & done; wait";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ControlGroups _groups = ControlGroups.Detect();
    private readonly JobId _id = JobId.New(TimeProvider.System.GetUtcNow());

    public enum By
    {
        Kernel,
        Looking,
    }

    [Theory]
    [InlineData(By.Kernel)]
    [InlineData(By.Looking)]
    public async Task H6_memory(By by)
    {
        var exceeded = await RunAsync(by, ControlGroupController.Memory, EatMemory, new() { MemoryBytes = 100_000_000 });
        Assert.Equal((ExceededLimitKind.Memory, 100_000_000), (exceeded.Kind, exceeded.Limit));
        Assert.InRange(exceeded.Measured, by == By.Looking ? 100_000_001 : 90_000_000, 1_000_000_000);
    }

    [Theory]
    [InlineData(By.Kernel)]
    [InlineData(By.Looking)]
    public async Task H6_processor_time(By by)
    {
        var exceeded = await RunAsync(by, ControlGroupController.CpuTime, EatTime, new() { CpuTime = TimeSpan.FromMilliseconds(300) });
        Assert.Equal((ExceededLimitKind.CpuTime, 300), (exceeded.Kind, exceeded.Limit));
        Assert.InRange(exceeded.Measured, 300, 20_000);
    }

    [Theory]
    [InlineData(By.Kernel)]
    [InlineData(By.Looking)]
    public async Task H6_processes(By by)
    {
        var exceeded = await RunAsync(by, ControlGroupController.Processes, StartMany, new() { Processes = 8 });
        Assert.Equal((ExceededLimitKind.Processes, 8), (exceeded.Kind, exceeded.Limit));
        Assert.InRange(exceeded.Measured, 8, 13);
    }

    [Fact]
    public async Task H6_memory_that_forks_share_is_counted_once()
    {
        const string Share = "exec perl -e '$| = 1; $x = q(x) x 40_000_000; fork or do { print qq(up\\n); sleep 300 } for 1 .. 4; sleep 300' TAG";
        using var watch = new LimitWatch(TimeProvider.System);
        using var stand = StandIn.Start(Share);
        await stand.LinesAsync(4);
        ExceededLimit? exceeded = null;
        // Perl holds the text twice. Four of five would be past the limit if each counted all of it.
        using var command = watch.Watch(stand.Key, stand.Mark, null, new() { MemoryBytes = 200_000_000 }, limit => exceeded = limit);
        Assert.True(command.Usage.MemoryBytes > 200_000_000);
        Assert.Null(exceeded);
    }

    [Fact]
    public async Task S5_what_a_command_uses_is_told_for_all_of_its_processes()
    {
        using var watch = new LimitWatch(TimeProvider.System);
        using var stand = StandIn.Start("setsid perl -e '$| = 1; $x = q(x) x 50_000_000; print qq(up\\n); sleep 300' TAG & sleep 300 0.TAG & wait");
        await stand.LinesAsync(1);
        using var command = watch.Watch(stand.Key, stand.Mark, null, JobLimits.None, _ => Assert.Fail("It has no limits."));
        var usage = command.Usage;
        Assert.InRange(usage.Processes, 2, 3);
        Assert.InRange(usage.MemoryBytes, 50_000_000, 300_000_000);
        Assert.Equal(usage.MemoryBytes, usage.PeakMemoryBytes);
    }

    [Fact]
    public async Task H6_the_share_of_processors_is_set_in_the_group()
    {
        var limits = new JobLimits { CpuWeight = 50 };
        if (Group(ControlGroupController.CpuWeight, limits) is not { } group) return;
        using var stand = StandIn.Start("echo up; sleep 300 0.TAG", group);
        await stand.LinesAsync(1);
        Assert.True(group.Apply(limits).HasFlag(ControlGroupController.CpuWeight));
        Assert.Empty(await stand.Tree(group).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        await stand.DieAsync();
        await Wait.ForAsync(group.TryRemove);
    }

    public void Dispose() => _groups.Dispose();

    private async Task<ExceededLimit> RunAsync(By by, ControlGroupController controller, string script, JobLimits limits)
    {
        var group = by == By.Kernel ? Group(controller, limits) : null;
        using var watch = new LimitWatch(TimeProvider.System);
        var told = new TaskCompletionSource<ExceededLimit>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stand = StandIn.Start(script, group);
        using var command = watch.Watch(stand.Key, stand.Mark, group, limits, told.SetResult);
        Assert.Equal(by == By.Looking, command.IsSampled);
        var exceeded = await told.Task.WaitAsync(Patience, TimeProvider.System);
        Assert.Empty(await stand.Tree(group).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Assert.Empty(stand.Left());
        // It is told once, and remembered.
        Assert.Equal(exceeded, command.Finish());
        await stand.DieAsync();
        if (group is not null) await Wait.ForAsync(group.TryRemove);
        return exceeded;
    }

    private ControlGroup? Group(ControlGroupController controller, JobLimits limits)
    {
        if (!_groups.Controllers.HasFlag(controller)) Assert.Skip($"No control group can be made here: {string.Join("; ", _groups.Report)}");
        return _groups.Create(_id, 1, limits);
    }
}
