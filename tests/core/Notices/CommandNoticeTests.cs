using System.Text.Json;
using Errand.Tests.Output;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Notices;

public sealed class CommandNoticeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C9_a_command_is_told_by_its_environment_and_its_standard_input()
    {
        using var folder = new TemporaryFolder();
        const string variables = "$ERRAND_NOTICE|$ERRAND_JOB_ID|$ERRAND_JOB_STATE|$ERRAND_JOB_KIND|$ERRAND_JOB_TITLE";
        string script = $"cat > '{folder.Path}/stdin'; echo \"{variables}\" > '{folder.Path}/env'; echo told";
        await using var host = await NoticeHost.StartAsync(options => options.Commands["tell"] = ["sh", "-c", script]);
        var job = await host.EndedAsync(new JobSpec("work") { Title = "Two\nlines $(and) 'quotes'" });
        var end = await host.EndAsync((await host.SubmitAsync("notice-command", job.Id, command: "tell")).Id);

        Assert.Equal(JobState.Completed, end.State);
        Assert.Equal($"job.ended|{job.Id}|completed|work|Two lines $(and) 'quotes'\n", await File.ReadAllTextAsync($"{folder.Path}/env", Token));
        var told = JsonDocument.Parse(await File.ReadAllTextAsync($"{folder.Path}/stdin", Token)).RootElement;
        Assert.Equal(job.Id.ToString(), told.GetProperty("job").GetProperty("id").GetString());
        var output = await host.Client.ReadOutputAsync(end.Id, new(), Token);
        Assert.Equal("told\n", System.Text.Encoding.UTF8.GetString(output.Chunks.Single().Bytes.Span));
    }

    [Fact]
    public async Task C9_a_command_that_fails_is_run_again_later()
    {
        using var folder = new TemporaryFolder();
        string script = $"[ -e '{folder.Path}/once' ] && exit 0; touch '{folder.Path}/once'; exit 3";
        await using var host = await NoticeHost.StartAsync(options => options.Commands["tell"] = ["sh", "-c", script]);
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("notice-command", job.Id, command: "tell");
        await host.ToNextAttemptAsync(notice.Id, 1);
        var end = await host.EndAsync(notice.Id);
        Assert.Equal((JobState.Completed, 2), (end.State, end.Attempt));
        var history = await host.Client.HistoryAsync(notice.Id, Token);
        Assert.Contains(history, line => line.Detail?.Contains("exit code 3", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task C9_a_command_that_runs_for_too_long_is_killed_with_what_it_has_started()
    {
        using var folder = new TemporaryFolder();
        string pipe = $"{folder.Path}/pipe";
        // Both hold the pipe open for writing, so that its end shows that both are gone.
        string script = $"exec 3>'{pipe}'; sleep 1000 & echo started >&3; wait";
        await using var host = await NoticeHost.StartAsync(options =>
        {
            options.Commands["tell"] = ["sh", "-c", script];
            options.Retry = RetryPolicy.None;
        });
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(Token);
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("notice-command", job.Id, command: "tell");
        using var reader = await Task.Run(() => new StreamReader(pipe), Token).InTime();
        Assert.Equal("started", await reader.ReadLineAsync(Token).AsTask().InTime());
        host.Time.Advance(Seconds(30));
        Assert.Null(await reader.ReadLineAsync(Token).AsTask().InTime());
        var end = await host.EndAsync(notice.Id);
        Assert.Equal((JobState.Failed, "timeout"), (end.State, end.Outcome!.Error!.Code));
    }

    [Fact]
    public async Task C9_a_command_that_is_not_there_is_not_tried_again()
    {
        await using var host = await NoticeHost.StartAsync(options => options.Commands["tell"] = ["/no/such/program"]);
        var job = await host.EndedAsync(new("work"));
        var end = await host.EndAsync((await host.SubmitAsync("notice-command", job.Id, command: "tell")).Id);
        Assert.Equal((JobState.Failed, 1, "start_failed"), (end.State, end.Attempt, end.Outcome!.Error!.Code));
    }

    [Fact]
    public async Task C9_only_commands_with_a_name_can_be_told()
    {
        await using var host = await NoticeHost.StartAsync(options => options.Commands["tell"] = ["true"]);
        var job = await host.EndedAsync(new("work"));
        var refusal = await Assert.ThrowsAsync<InvalidJobException>(() => host.SubmitAsync("notice-command", job.Id, command: "rm -rf /"));
        Assert.Equal("notify", refusal.Parameter);
        Assert.Contains("There are: tell", refusal.Message, StringComparison.Ordinal);
    }
}
