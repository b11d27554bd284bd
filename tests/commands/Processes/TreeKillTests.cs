using System.Diagnostics;

namespace Errand.Commands.Tests.Processes;

/// <summary>Whom a kill finds, and whom it leaves alone.</summary>
public sealed class TreeKillTests
{
    // Every one of them writes a line and becomes a sleep that has the tag. What is told to end does so before its child is looked for.
    internal const string Seven =
        """
        export H='echo up; exec sleep 300 0.TAG'
        sh -c "$H" &
        sh -c 'sh -c "$H" & exit'
        setsid sh -c "$H" &
        sh -c 'setsid sh -c "$H" & exit'
        nohup sh -c "$H" 2>/dev/null &
        setsid env -i /bin/sh -c "$H" &
        setsid sh -c 'cd /; (sh -c "$H" &); exit' &
        wait
        """;

    private const int Hidden = 7;

    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B_27_none_of_seven_ways_of_hiding_helps(bool supervised)
    {
        using var stand = StandIn.Start(Seven);
        await stand.LinesAsync(Hidden);
        if (!supervised) await stand.DieAsync();
        Assert.True(stand.Left().Count >= Hidden);

        long startedAt = Stopwatch.GetTimestamp();
        var left = await stand.Tree().KillAsync(TimeProvider.System, ProcessTree.KillPatience);
        Output?.WriteLine($"supervised {supervised}: {Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds:0.0} ms");

        Assert.Empty(left);
        Assert.Empty(stand.Left());
        await stand.EndAsync();
    }

    [Fact]
    public async Task B_27_one_that_changed_its_mark_is_found_by_its_parents()
    {
        using var stand = StandIn.Start("exec prlimit --locks=5:5 sh -c 'echo up; exec sleep 300 0.TAG'");
        await stand.LinesAsync(1);
        Assert.Empty(await ProcessTree.Of(stand.Key, default).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Assert.Empty(stand.Left());
    }

    [Fact]
    public async Task B_27_an_innocent_process_with_the_same_name_is_left_alone()
    {
        using var innocent = StandIn.Start("sh -c 'echo up; exec sleep 300 0.TAG' & wait");
        using var stand = StandIn.Start("sh -c 'echo up; exec sleep 300 0.TAG' & wait");
        await innocent.LinesAsync(1);
        await stand.LinesAsync(1);
        Assert.Empty(await stand.Tree().KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Assert.Empty(stand.Left());
        Assert.NotEmpty(innocent.Left());
        Assert.All(innocent.Tree().Members(), member => Assert.Contains(member.Name, (string[])["sh", "sleep"]));
        Assert.NotEqual(stand.Mark, innocent.Mark);
    }

    [Fact]
    public async Task B_27_a_number_that_was_used_again_is_not_signalled()
    {
        using var stand = StandIn.Start("sh -c 'echo up; exec sleep 300 0.TAG' & wait");
        await stand.LinesAsync(1);
        var earlier = stand.Key with { StartedAt = stand.Key.StartedAt - 1 };
        Assert.False(earlier.Signal(CommandSignals.Kill));
        Assert.Empty(ProcessTree.Of(earlier, default).Members());
        Assert.Empty(await ProcessTree.Of(earlier, default).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Assert.NotEmpty(stand.Left());
        Assert.Equal(stand.Key, ProcessKey.Of(stand.Key.Pid));
    }

    [Theory]
    [InlineData(CommandSignals.Terminate)]
    [InlineData(CommandSignals.Kill)]
    public async Task B_27_stopped_processes_hear_a_signal(int signal)
    {
        using var stand = StandIn.Start("sh -c 'echo up; kill -STOP $$; sleep 300 0.TAG' & wait");
        await stand.LinesAsync(1);
        // The stop follows the line; nothing tells of it but the process's state.
        await Wait.ForAsync(() => stand.Left().Any(pid => ProcessStat.Read(pid) is { IsStopped: true }));
        Assert.True(stand.Tree().Signal(signal) >= 2);
        await stand.EndAsync();
        Assert.Empty(stand.Left());
    }

    [Fact]
    public async Task B_27_a_server_that_a_command_started_is_not_of_its_tree()
    {
        var mark = ProcessMark.Of(JobId.New(TimeProvider.System.GetUtcNow()), 1);
        Assert.True(mark.Set(Environment.ProcessId));
        using var stand = StandIn.Start("echo up; sleep 300 0.TAG", marked: false);
        await stand.LinesAsync(1);
        var tree = ProcessTree.Of(stand.Key with { StartedAt = stand.Key.StartedAt - 1 }, mark);
        Assert.DoesNotContain(tree.Members(), member => member.Key.Pid == Environment.ProcessId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B_27_one_that_forks_and_ends_for_ever_is_caught(bool supervised)
    {
        using var stand = StandIn.Start($"exec {StandIn.Chain}");
        await stand.LinesAsync(1);
        if (!supervised) await stand.DieAsync();
        long startedAt = Stopwatch.GetTimestamp();
        var left = await stand.Tree().KillAsync(TimeProvider.System, ProcessTree.KillPatience);
        Output?.WriteLine($"supervised {supervised}: {left.Count} left after {Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds:0} ms");
        // Who says that nobody is left must be right; who gives up says so by not being sure.
        if (left.Count == 0) Assert.Empty(stand.Left());
        await stand.EndAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B_27_a_chase_ends_what_starts_and_nobody_else(bool marked)
    {
        using var innocent = StandIn.Start("echo up; sleep 300 0.TAG", held: true);
        // One process: this stand-in does not become the parent of orphans, which only the mark would lead to.
        using var stand = StandIn.Start("exec sleep 300 0.TAG", marked: marked, held: true);
        var chase = new TreeChase(stand.Key, stand.Mark);
        innocent.Go();
        stand.Go();
        // The supervisor is spared, sees the end of the only child, and ends.
        var ended = stand.EndAsync();
        while (!ended.IsCompleted) chase.Run(TimeProvider.System, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20));
        await ended;
        await innocent.LinesAsync(1);
        Assert.NotEmpty(innocent.Left());
        new TreeChase(default, default).Run(TimeProvider.System, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20));
        Assert.NotEmpty(innocent.Left());
    }
}
