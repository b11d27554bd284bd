using System.Diagnostics;
using System.Globalization;

namespace Errand.Commands.Tests.Processes;

/// <summary>The number by which the processes of a command are told from all others.</summary>
public sealed class ProcessMarkTests
{
    private static readonly JobId Id = JobId.Parse("01hf7yat000abcdefghjkmnpqrstvwxyz012");

    [Fact]
    public void B_38_a_mark_is_the_same_in_every_process_that_knows_the_job()
    {
        // A command that an earlier release has started must be found by a later one.
        Assert.Equal("3103016074374448388", ProcessMark.Of(Id, 1).ToString());
        Assert.NotEqual(ProcessMark.Of(Id, 1), ProcessMark.Of(Id, 2));
        Assert.NotEqual(ProcessMark.Of(Id, 1), ProcessMark.Of(JobId.New(TimeProvider.System.GetUtcNow()), 1));
        for (int attempt = 1; attempt <= 1000; attempt++)
            Assert.InRange(ulong.Parse(ProcessMark.Of(Id, attempt).ToString(), CultureInfo.InvariantCulture), 1UL << 61, (1UL << 62) - 1);
    }

    [Fact]
    public async Task B_27_a_mark_survives_a_new_session_and_an_empty_environment()
    {
        using var stand = StandIn.Start("setsid env -i /bin/sh -c 'echo up; exec sleep 300 0.TAG' & wait");
        await stand.LinesAsync(1);
        Assert.NotEmpty(stand.Left());
        Assert.All(stand.Left(), pid => Assert.Equal(stand.Mark, ProcessMark.Of(pid)));
        Assert.True(ProcessMark.Of(1).IsNone);
        Assert.True(ProcessMark.Of(int.MaxValue).IsNone);
    }

    [Fact]
    public async Task B_27_where_the_limit_was_lowered_only_descendants_count()
    {
        using var stand = StandIn.Start("exec prlimit --locks=1000:1000 sh -c 'echo up; exec sleep 300 0.TAG'", marked: false);
        await stand.LinesAsync(1);
        // It has no arguments for a moment while it becomes the sleep.
        await Wait.ForAsync(() => stand.Left().Count == 1);
        int pid = Assert.Single(stand.Left());
        // Root may raise even a hard limit; a mark is no reason to do so.
        Assert.False(ProcessMark.Of(Id, 1).Set(pid));
        Assert.True(ProcessMark.Of(pid).IsNone);
        Assert.Contains(ProcessTree.Of(stand.Key, default).Members(), member => member.Key.Pid == pid);
        Assert.Empty(ProcessTree.Of(default, default).Members());
    }

    [Fact]
    public void B_27_a_process_that_has_ended_cannot_be_marked()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        Assert.False(ProcessMark.Of(Id, 1).Set(process.Id));
    }
}
