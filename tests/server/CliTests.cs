using System.Text.Json;

namespace Errand.Server.Tests;

/// <summary>The command line against a running server.</summary>
public sealed class CliTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Run_prints_each_stream_and_ends_with_the_commands_own_code()
    {
        var end = await server.RunAsync("run", "--", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n", "err\n"), (end.Code, end.Out, end.Error));
    }

    [Fact]
    public async Task Run_of_a_command_that_a_signal_ended_is_128_and_the_signal()
    {
        var end = await server.RunAsync("run", "--", "sh", "-c", "kill -TERM $$");
        Assert.Equal(143, end.Code);
    }

    [Theory]
    [InlineData("run", "--", "no-such-program", "x")]
    [InlineData("run", "--cwd", "/no/such/folder", "--", "true")]
    [InlineData("run", "--bogus", "--", "true")]
    [InlineData("run")]
    public async Task What_is_our_fault_is_125_in_run(params string[] arguments)
    {
        var end = await server.RunAsync(arguments);
        Assert.Equal(125, end.Code);
        Assert.StartsWith("errand: ", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_words_are_a_program_and_its_arguments_and_one_is_a_line_for_a_shell()
    {
        Assert.Equal("a  b\n", (await server.RunAsync("run", "--", "echo", "a  b")).Out);
        Assert.Equal("a b\n", (await server.RunAsync("run", "--", "echo a  b")).Out);
    }

    [Fact]
    public async Task Environment_folder_and_stdin_reach_the_command()
    {
        string file = Path.Combine(server.Data, "in.txt");
        await File.WriteAllTextAsync(file, "fed", TestContext.Current.CancellationToken);
        var end = await server.RunAsync("run", "--env", "A=1=2", "--cwd", "/usr", "--stdin", file, "--", "echo $A; pwd; cat");
        Assert.Equal("1=2\n/usr\nfed", end.Out);
    }

    [Fact]
    public async Task Submit_answers_with_an_id_that_show_wait_and_logs_know_also_by_a_part()
    {
        string id = await server.SubmitAsync("echo done");
        Assert.Equal(36, id.Length);
        var wait = await server.RunAsync("wait", id[10..18]);
        Assert.Equal((0, "completed\n"), (wait.Code, wait.Out));
        Assert.Equal("done\n", (await server.RunAsync("logs", id)).Out);
        Assert.Equal("done\n", (await server.RunAsync("logs", "-f", id)).Out);
        using var shown = JsonDocument.Parse((await server.RunAsync("show", id, "--json")).Out);
        Assert.Equal(("completed", "echo done", "0"), (shown.RootElement.Text("state"), shown.RootElement.Text("title"), shown.RootElement.Text("exitCode")));
        Assert.False(shown.RootElement.TryGetProperty("session", out _));
    }

    [Fact]
    public async Task Logs_gives_bytes_as_they_were_written_and_only_what_is_asked_for()
    {
        string id = await server.SubmitAsync("for i in 1 2 3 4 5; do echo line $i; done; echo late >&2");
        await server.RunAsync("wait", id);
        Assert.Equal("line 4\nline 5\n", (await server.RunAsync("logs", "--stream", "out", "--tail", "2", id)).Out);
        Assert.Equal("line 2\nline 3\nline 4\nline 5\n", (await server.RunAsync("logs", "--offset", "7", id)).Out);
        var both = await server.RunAsync("logs", id);
        Assert.Equal("late\n", both.Error);
    }

    [Fact]
    public async Task Wait_says_by_its_code_what_became_of_the_job()
    {
        Assert.Equal(1, (await server.RunAsync("wait", await server.SubmitAsync("exit 1"))).Code);
        string id = await server.SubmitAsync("sleep 600");
        Assert.Equal(7, (await server.RunAsync("wait", id, "--timeout", "1ms")).Code);
        Assert.Equal(0, (await server.RunAsync("cancel", id)).Code);
        Assert.Equal(6, (await server.RunAsync("wait", id)).Code);
    }

    [Fact]
    public async Task B_23_a_cancel_of_what_has_ended_or_is_not_there_says_so()
    {
        string ended = await server.SubmitAsync("true");
        await server.RunAsync("wait", ended);
        var refused = await server.RunAsync("cancel", ended);
        Assert.Equal(5, refused.Code);
        Assert.Contains("already completed", refused.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await server.RunAsync("cancel", new string('0', 36))).Code);
        Assert.Equal(4, (await server.RunAsync("cancel", "zzzz")).Code);
        Assert.Equal(2, (await server.RunAsync("cancel", "zz")).Code);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_before_it_starts_never_runs()
    {
        string trace = Path.Combine(server.Data, "trace");
        string id = (await server.RunAsync("submit", "--delay", "1h", "--", $"touch {trace}")).LastLine;
        var cancel = await server.RunAsync("cancel", id);
        Assert.Contains("had not started", cancel.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public async Task A_job_that_runs_past_its_limit_fails_as_timeout()
    {
        string id = (await server.RunAsync("submit", "--timeout", "100ms", "--", "sleep 600")).LastLine;
        Assert.Equal(1, (await server.RunAsync("wait", id)).Code);
        using var shown = JsonDocument.Parse((await server.RunAsync("show", id, "--json")).Out);
        Assert.Equal("timeout", shown.RootElement.GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task Ls_lists_the_newest_first_and_filters()
    {
        string first = (await server.RunAsync("submit", "--tag", "listed", "--", "true")).LastLine;
        string second = (await server.RunAsync("submit", "--tag", "listed", "--title", "second\n\u001b[31mred", "--", "true")).LastLine;
        await server.RunAsync("wait", first);
        await server.RunAsync("wait", second);
        using var page = JsonDocument.Parse((await server.RunAsync("ls", "--tag", "listed", "--json")).Out);
        Assert.Equal([second, first], page.RootElement.GetProperty("items").EnumerateArray().Select(job => job.Text("id")!));
        var table = await server.RunAsync("ls", "--tag", "listed", "--limit", "1");
        Assert.Equal(2, table.Out.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain('\u001b', table.Out);
        Assert.Contains(second[10..18], table.Out, StringComparison.Ordinal);
        Assert.Contains("--cursor", table.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await server.RunAsync("ls", "--state", "sleeping")).Code);
    }

    [Fact]
    public async Task The_same_key_is_the_same_job()
    {
        string first = (await server.RunAsync("submit", "--key", "k1", "--", "true")).LastLine;
        Assert.Equal(first, (await server.RunAsync("submit", "--key", "k1", "--", "true")).LastLine);
        var other = await server.RunAsync("submit", "--key", "k1", "--", "false");
        Assert.Equal(5, other.Code);
    }

    [Fact]
    public async Task Ctrl_C_in_run_cancels_the_job()
    {
        using var run = ErrandProcess.Start(server.Data, "run", "--", "echo started; sleep 600");
        Assert.Equal("started", await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using var interrupt = System.Diagnostics.Process.Start("kill", ["-INT", run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(130, (await ErrandProcess.EndAsync(run)).Code);
    }

    [Fact]
    public async Task A_wrong_token_is_8()
    {
        string other = Path.Combine(server.Data, "other");
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(server.Data, "server.json"), Path.Combine(other, "server.json"));
        await File.WriteAllTextAsync(Path.Combine(other, "token"), "wrong", TestContext.Current.CancellationToken);
        Assert.Equal(8, (await ErrandProcess.RunAsync(other, "ls")).Code);
    }
}
