using System.Text.Json;

namespace Errand.Server.Tests;

/// <summary>A server comes, goes, and comes again.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LifeTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("errand-life-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("ls")]
    [InlineData("show", "0000")]
    [InlineData("status")]
    [InlineData("down")]
    public async Task Looking_never_starts_a_server(params string[] arguments)
    {
        var end = await RunAsync(arguments);
        Assert.Equal(3, end.Code);
        Assert.Contains("errand up", end.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
    }

    [Fact]
    public async Task Submit_starts_a_server_that_outlives_it_and_down_ends_it()
    {
        var submit = await RunAsync("submit", "--", "echo hello");
        Assert.Equal(0, submit.Code);
        Assert.Equal(0, (await RunAsync("wait", submit.LastLine)).Code);
        Assert.Equal(0, (await RunAsync("down")).Code);
        Assert.Equal(3, (await RunAsync("status")).Code);
        Assert.False(File.Exists(Path.Combine(_data, "server.json")));
    }

    [Fact]
    public async Task B_37_commands_go_on_without_the_server_and_the_next_one_takes_them_up()
    {
        string gate = Path.Combine(_data, "gate");
        string ended = (await RunAsync("submit", "--", "echo kept")).LastLine;
        await RunAsync("wait", ended);
        string running = (await RunAsync("submit", "--", $"echo began; until [ -e {gate} ]; do sleep 0.05; done; echo went on; exit 3")).LastLine;
        await UntilAsync(running, "began\n");
        var down = await RunAsync("down");
        Assert.Contains("Jobs that go on: 1", down.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("up", "--background", "--urls", "http://127.0.0.1:0")).Code);
        try
        {
            Assert.Equal("kept\n", (await RunAsync("logs", ended)).Out);
            using (var shown = JsonDocument.Parse((await RunAsync("show", running, "--json")).Out))
                Assert.Equal("running", shown.RootElement.Text("state"));
            await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
            Assert.Equal(1, (await RunAsync("wait", running)).Code);
            Assert.Equal("began\nwent on\n", (await RunAsync("logs", running)).Out);
        }
        finally
        {
            await RunAsync("down");
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("memory")]
    public async Task B_38_what_ran_when_the_server_was_killed_goes_on_and_is_found(string store)
    {
        string gate = Path.Combine(_data, "gate");
        Assert.Equal(0, (await RunAsync("up", "--background", "--store", store, "--urls", "http://127.0.0.1:0")).Code);
        string running = (await RunAsync("submit", "--", $"echo began; until [ -e {gate} ]; do sleep 0.05; done; exit 3")).LastLine;
        await UntilAsync(running, "began\n");
        using (var status = JsonDocument.Parse((await RunAsync("status", "--json")).Out))
        using (var server = System.Diagnostics.Process.GetProcessById(status.RootElement.GetProperty("pid").GetInt32()))
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(3, (await RunAsync("ls")).Code);
        await RunAsync("up", "--background", "--store", store, "--urls", "http://127.0.0.1:0");
        try
        {
            // What memory has forgotten is found by its folder, a moment after the start.
            while ((await RunAsync("show", running)).Code != 0) await Task.Delay(50, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
            Assert.Equal(1, (await RunAsync("wait", running)).Code);
            using var shown = JsonDocument.Parse((await RunAsync("show", running, "--json")).Out);
            Assert.Equal(3, shown.RootElement.GetProperty("exitCode").GetInt32());
        }
        finally
        {
            await RunAsync("down");
        }
    }

    [Fact]
    public async Task Down_cancel_ends_what_runs_and_waits()
    {
        string running = (await RunAsync("submit", "--", "echo began; sleep 600")).LastLine;
        string queued = (await RunAsync("submit", "--delay", "1h", "--", "echo never")).LastLine;
        await UntilAsync(running, "began\n");
        var down = await RunAsync("down", "--cancel");
        Assert.Contains("cancelled: 2", down.Out, StringComparison.Ordinal);
        await RunAsync("up", "--background", "--urls", "http://127.0.0.1:0");
        try
        {
            foreach (string id in (string[])[running, queued])
            {
                using var shown = JsonDocument.Parse((await RunAsync("show", id, "--json")).Out);
                Assert.Equal("cancelled", shown.RootElement.Text("state"));
            }
        }
        finally
        {
            await RunAsync("down");
        }
    }

    private async Task UntilAsync(string id, string output)
    {
        while ((await RunAsync("logs", id)).Out != output) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_second_server_of_the_same_folder_is_refused()
    {
        Assert.StartsWith("ready http://127.0.0.1:", (await RunAsync("up", "--background", "--urls", "http://127.0.0.1:0")).Out, StringComparison.Ordinal);
        try
        {
            var second = await RunAsync("up", "--urls", "http://127.0.0.1:0");
            Assert.Equal(5, second.Code);
            Assert.Contains("already serves", second.Error, StringComparison.Ordinal);
        }
        finally
        {
            await RunAsync("down");
        }
    }

    [Fact]
    public async Task Two_that_start_a_server_at_once_share_one()
    {
        try
        {
            var ends = await Task.WhenAll(RunAsync("submit", "--", "true"), RunAsync("submit", "--", "true"));
            Assert.All(ends, end => Assert.Equal(0, end.Code));
            foreach (var end in ends) Assert.Equal(0, (await RunAsync("wait", end.LastLine)).Code);
        }
        finally
        {
            await RunAsync("down");
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://192.0.2.1:80")]
    [InlineData("nonsense")]
    public async Task It_listens_on_this_machine_only(string url) => Assert.Equal(2, (await RunAsync("up", "--urls", url)).Code);

    [Fact]
    public async Task Memory_is_warned_of()
    {
        using var server = ErrandProcess.Start(_data, "up", "--store", "memory", "--urls", "http://127.0.0.1:0");
        await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await RunAsync("down");
        var end = await ErrandProcess.EndAsync(server);
        Assert.Equal(0, end.Code);
        Assert.Contains("lost when this server ends", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_token_and_the_address()
    {
        await RunAsync("up", "--background", "--urls", "http://127.0.0.1:0");
        try
        {
            const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            foreach (string file in (string[])["token", "server.json"]) Assert.Equal(ReadWrite, File.GetUnixFileMode(Path.Combine(_data, file)));
        }
        finally
        {
            await RunAsync("down");
        }
    }

    private Task<CommandEnd> RunAsync(params string[] arguments) => ErrandProcess.RunAsync(_data, arguments);
}
