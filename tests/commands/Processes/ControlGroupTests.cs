using System.Diagnostics;

namespace Errand.Commands.Tests.Processes;

/// <summary>Control groups: what this system lets be made, and what is read from what others show.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly ControlGroups _groups = ControlGroups.Detect();
    private readonly JobId _id = JobId.New(TimeProvider.System.GetUtcNow());

    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B_27_a_group_ends_even_those_who_hide_and_multiply(bool supervised)
    {
        if (Group() is not { } group) return;
        // Neither its parents nor its mark lead to it.
        using var stand = StandIn.Start($"setsid prlimit --locks=5:5 {StandIn.Chain} & wait", group);
        await stand.LinesAsync(1);
        if (!supervised) await stand.DieAsync();
        long startedAt = Stopwatch.GetTimestamp();
        var tree = ProcessTree.Of(supervised ? stand.Key : default, stand.Mark, group);
        Assert.Empty(await tree.KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Output?.WriteLine($"{Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds:0.0} ms");
        if (supervised) await stand.DieAsync();
        await stand.EndAsync();
        Assert.Empty(stand.Left());
        await Wait.ForAsync(group.TryRemove);
        Assert.Null(_groups.Find(_id, 1));
    }

    [Fact]
    public async Task B_27_a_supervisor_in_the_group_is_spared()
    {
        if (Group() is not { } group) return;
        using var stand = StandIn.Start("sh -c 'echo up; exec sleep 300 0.TAG' & wait", group);
        await stand.LinesAsync(1);
        Assert.Empty(await stand.Tree(group).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
        Assert.Empty(stand.Left());
        // It saw the end of its command.
        Assert.Equal(0, await stand.ExitAsync());
        await Wait.ForAsync(group.TryRemove);
    }

    [Fact]
    public async Task B_38_a_later_process_finds_the_group_again_and_sweeps_what_is_empty()
    {
        if (Group() is not { } outer) return;
        // Below a group of its own, because others' groups are not to be swept before their time.
        ControlGroupHierarchy hierarchy = new(outer.UnifiedFolder!, true, ControlGroupController.Kill);
        using (var groups = new ControlGroups([hierarchy]))
        using (var later = new ControlGroups([hierarchy]))
        {
            var group = groups.Create(_id, 1, JobLimits.None)!;
            using var stand = StandIn.Start("echo up; sleep 300 0.TAG", group);
            await stand.LinesAsync(1);
            var found = later.Find(_id, 1);
            Assert.NotNull(found);
            Assert.Equal(group.UnifiedFolder, found.UnifiedFolder);

            // A day later everything is old, but not everything is empty.
            Assert.Equal(0, later.Sweep(new Later()));
            Assert.NotNull(later.Find(_id, 1));
            Assert.Empty(await stand.Tree(found).KillAsync(TimeProvider.System, ProcessTree.KillPatience));
            await stand.DieAsync();
            // One that is new may be about to be entered.
            Assert.Equal(0, later.Sweep(TimeProvider.System));
            Assert.NotNull(later.Find(_id, 1));
            await Wait.ForAsync(() => later.Sweep(new Later()) == 1);
            Assert.Null(later.Find(_id, 1));
        }
        await Wait.ForAsync(outer.TryRemove);
    }

    [Fact]
    public void L1_a_report_says_what_the_kernel_keeps_and_what_is_done_instead()
    {
        Assert.Equal(5, _groups.Report.Count);
        foreach (string line in _groups.Report) Output?.WriteLine(line);
        using var none = new ControlGroups([]);
        Assert.Equal(
            [
                "kill: a search for descendants and marks (this process's group does not have that)",
                "memory: sampled (this process's group does not have that)",
                "processes: sampled (this process's group does not have that)",
                "cpu time: sampled (this process's group does not have that)",
                "cpu weight: not available, niceness is (this process's group does not have that)",
            ],
            none.Report);
        Assert.Null(none.Create(_id, 1, JobLimits.None));
        using var refused = new ControlGroups([new("/proc/no-such-folder", true, ControlGroupController.Kill)]);
        Assert.Equal("kill: a search for descendants and marks (no group may be made in /proc/no-such-folder)", refused.Report[0]);
    }

    [Fact]
    public void H6_hierarchies_are_read_from_what_the_system_says()
    {
        const string Mounts =
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            35 31 0:32 /docker/a1 /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            41 31 0:38 / /sys/fs/my\040groups rw,relatime - cgroup2 cgroup2 rw
            """;
        const string Groups = "4:memory:/docker/a1/b\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/user.slice/errand.service\n";
        Assert.Equal(
            [
                new("/sys/fs/cgroup/cpu,cpuacct", false, ControlGroupController.CpuWeight),
                new("/sys/fs/cgroup/memory/b", false, ControlGroupController.Memory),
                new("/sys/fs/my groups/user.slice/errand.service", true, ControlGroupController.Kill | ControlGroupController.CpuTime),
            ],
            ControlGroupHierarchy.Read(Mounts, Groups));
    }

    [Fact]
    public void H6_the_files_of_version_2_are_set_and_read()
    {
        var folder = Directory.CreateTempSubdirectory("errand-group-");
        try
        {
            foreach (string file in (string[])["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight"]) Write(file, "max");
            const ControlGroupController All = ControlGroupController.Memory | ControlGroupController.Processes | ControlGroupController.CpuWeight
                | ControlGroupController.Kill | ControlGroupController.CpuTime;
            var group = new ControlGroup([new(folder.FullName, true, All)]);
            var limits = new JobLimits { MemoryBytes = 1 << 20, Processes = 9, CpuWeight = 300 };
            Assert.Equal(ControlGroupController.Memory | ControlGroupController.Processes | ControlGroupController.CpuWeight, group.Apply(limits));
            Assert.Equal(["1048576", "0", "1", "9", "300"],
                ((string[])["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight"]).Select(Read));

            Write("memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\noom_group_kill 0\n");
            Write("pids.events", "max 0\n");
            Assert.False(group.WasOutOfMemory || group.WasOutOfProcesses);
            Write("memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n");
            Write("pids.events", "max 2\n");
            Write("memory.peak", "1048576\n");
            Write("cpu.stat", "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n");
            Assert.True(group.WasOutOfMemory && group.WasOutOfProcesses);
            Assert.Equal(1048576, group.PeakMemoryBytes);
            Assert.Equal(TimeSpan.FromSeconds(2.5), group.CpuTime);
        }
        finally { folder.Delete(recursive: true); }

        void Write(string file, string text) => File.WriteAllText(Path.Combine(folder.FullName, file), text);
        string Read(string file) => File.ReadAllText(Path.Combine(folder.FullName, file));
    }

    public void Dispose() => _groups.Dispose();

    private ControlGroup? Group()
    {
        if (!_groups.Controllers.HasFlag(ControlGroupController.Kill))
            Assert.Skip($"No control group can be made here: {string.Join("; ", _groups.Report)}");
        return _groups.Create(_id, 1, JobLimits.None);
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(1);
    }
}
