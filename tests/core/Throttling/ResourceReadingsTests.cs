using Errand.Tests.Output;

namespace Errand.Tests.Throttling;

public sealed class ResourceReadingsTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_load_is_told_for_each_core_of_the_machine()
    {
        Put("proc/loadavg", "14.50 9.10 4.20 3/1234 4711\n");
        Put("sys/devices/system/cpu/online", "0-3,8\n");
        Assert.Equal(2.9, new LinuxResourceReadings(_root.Path).LoadPerCore()!.Value, 6);
    }

    [Fact]
    public void The_memory_is_what_the_machine_has_available()
    {
        Put("proc/meminfo", "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    4000 kB\n");
        Put("proc/self/cgroup", "0::/\n");
        Assert.Equal(4000 * 1024, new LinuxResourceReadings(_root.Path).FreeMemoryBytes());
    }

    [Theory]
    [InlineData("1000000", 300000)]
    [InlineData("max", 4096000)]
    public void The_memory_is_no_more_than_the_control_group_leaves(string limit, long expected)
    {
        Put("proc/meminfo", "MemAvailable:    4000 kB\n");
        Put("proc/self/cgroup", "0::/system.slice/errand.service\n");
        Put("sys/fs/cgroup/system.slice/errand.service/memory.max", limit);
        Put("sys/fs/cgroup/system.slice/errand.service/memory.current", "800000\n");
        Put("sys/fs/cgroup/system.slice/errand.service/memory.stat", "anon 1\ninactive_file 100000\n");
        Assert.Equal(expected, new LinuxResourceReadings(_root.Path).FreeMemoryBytes());
    }

    [Fact]
    public void The_limit_of_a_group_around_its_own_counts_too()
    {
        Put("proc/meminfo", "MemAvailable:    4000 kB\n");
        Put("proc/self/cgroup", "0::/outer/inner\n");
        Put("sys/fs/cgroup/outer/memory.max", "5000");
        Put("sys/fs/cgroup/outer/memory.current", "4000");
        Put("sys/fs/cgroup/outer/inner/memory.max", "max");
        Assert.Equal(1000, new LinuxResourceReadings(_root.Path).FreeMemoryBytes());
    }

    [Fact]
    public void What_the_kernel_does_not_tell_is_unknown() => Assert.Null(new LinuxResourceReadings(_root.Path).LoadPerCore());

    [Fact]
    public void The_disk_of_a_folder_that_is_not_there_yet_is_that_of_the_folder_around_it()
    {
        var readings = ResourceReadings.OfThisSystem;
        long? there = readings.FreeDiskBytes(_root.Path);
        Assert.True(there > 0);
        Assert.True(readings.FreeDiskBytes(Path.Combine(_root.Path, "a", "b")) > 0);
    }

    [Fact]
    public void This_machine_tells_its_memory() => Assert.True(ResourceReadings.OfThisSystem.FreeMemoryBytes() > 0);

    private void Put(string file, string text)
    {
        string path = Path.Combine(_root.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
