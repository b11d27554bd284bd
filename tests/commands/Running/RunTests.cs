using Errand.Commands.Tests.Processes;

namespace Errand.Commands.Tests.Running;

/// <summary>Commands that run and end, under the better supervisor and under the script that does its work elsewhere.</summary>
public abstract class RunTests(SupervisorChoice supervisor) : CommandTest
{
    private protected override void Configure(CommandOptions options)
    {
        options.Supervisor = supervisor;
        options.TerminateAfter = TimeSpan.FromMilliseconds(300);
        options.KillAfter = TimeSpan.FromMilliseconds(600);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_a_command_tells_what_it_wrote_and_how_it_ended()
    {
        var job = await RunAsync("echo out; echo err >&2; exit 3");
        Assert.Equal((JobState.Failed, "exit_code"), (job.State, job.Outcome!.Error!.Code));
        Assert.EndsWith("The end of its stderr:\nerr", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(3, job.Outcome.ExitCode);
        Assert.Equal(8, job.Outcome.Output!.Bytes);
        Assert.Equal(("out\n", "err\n", 3), (ResultOf(job).Stdout, ResultOf(job).Stderr, ResultOf(job).ExitCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_a_program_has_its_arguments_as_they_are_and_its_folder_and_variables()
    {
        var job = await RunAsync(Command.Program("/bin/sh", "-c", "printf '%s|' \"$@\" \"$VALUE\" \"$PWD\"", "name", "a b", "$HOME", "") with
        {
            Cwd = Folder, Env = new Dictionary<string, string> { ["VALUE"] = "it's" },
        });
        Assert.Equal($"a b|$HOME||it's|{Folder}|", ResultOf(job).Stdout);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_it_reads_what_it_is_given_and_then_the_end()
    {
        var job = await RunAsync(Command.Program("cat") with { Stdin = "given\n" });
        Assert.Equal("given\n", ResultOf(job).Stdout);
        Assert.Equal("", ResultOf(await RunAsync("cat")).Stdout);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_expected_exit_codes_are_no_failure()
    {
        var command = Command.Line("exit 1") with { ExpectedExitCodes = [0, 1] };
        Assert.Equal(JobState.Completed, (await RunAsync(command)).State);
        Assert.Equal(JobState.Failed, (await RunAsync(command with { ExpectedExitCodes = [0] })).State);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("SEGV")]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task B_26_death_by_a_signal_is_told_as_that(string signal)
    {
        var job = await RunAsync($"kill -{signal} $$");
        Assert.Equal((JobState.Failed, "signal"), (job.State, job.Outcome!.Error!.Code));
        Assert.Equal($"SIG{signal}", job.Outcome.Signal);
        Assert.InRange(job.Outcome.ExitCode!.Value, 129, 159);
        Assert.Contains($"SIG{signal}", job.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task B_26_an_exit_code_over_128_is_an_exit_code()
    {
        var job = await RunAsync(Command.Program("/bin/sh", "-c", "exit 139"));
        Assert.Equal(("exit_code", 139, null), (job.Outcome!.Error!.Code, job.Outcome.ExitCode, job.Outcome.Signal));
    }

    [Fact(Timeout = 60_000)]
    public async Task E6_each_piece_of_output_has_its_stream_and_its_time()
    {
        string gate = PathOf("gate");
        var job = await BeginAsync($"echo one; until [ -e {gate} ]; do sleep 0.01; done; echo two >&2");
        await Wait.ForAsync(async () => await ReadTextAsync(job.Id) == "one\n");
        await File.WriteAllTextAsync(gate, "", Token);
        await EndOfAsync(job.Id);
        var slice = await Jobs.ReadOutputAsync(job.Id, new OutputRange(), Token);
        Assert.Equal([(OutputStream.Out, 0L), (OutputStream.Err, 4L)], slice.Chunks.Select(chunk => (chunk.Stream, chunk.Offset)));
        Assert.True(slice.Chunks[0].At <= slice.Chunks[1].At);
    }

    [Fact(Timeout = 120_000)]
    public async Task B_35_both_streams_full_at_once_never_hold_each_other_up()
    {
        var job = await RunAsync("head -c 5000000 /dev/zero >&2 & head -c 5000000 /dev/zero; wait");
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(10_000_000, job.Outcome!.Output!.Bytes);
        Assert.Equal(5_000_000, (await ReadAsync(job.Id, OutputStream.Err)).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task B_36_output_is_kept_byte_for_byte_whatever_is_in_it()
    {
        byte[] bytes = [.. "\0\u001b[31mred\r10%\r20%\r"u8, 0xff, 0xc3, 0x28, .. Enumerable.Repeat((byte)'x', 10_000_000), .. "\r\nend"u8];
        await File.WriteAllBytesAsync(PathOf("bytes"), bytes, Token);
        var job = await RunAsync($"cat {PathOf("bytes")}");
        Assert.Equal(bytes, await ReadAsync(job.Id));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), job.Outcome!.Output!.Sha256);
        Assert.EndsWith("end", ResultOf(job).Stdout, StringComparison.Ordinal);
        Assert.Contains("�", ResultOf(job).Stdout, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_what_a_command_leaves_behind_is_ended_and_named()
    {
        string tag = Path.GetRandomFileName();
        var job = await RunAsync($"setsid sh -c 'sleep 600; : {tag}' & sh -c 'sleep 601; : {tag}' & echo done");
        Assert.Equal(JobState.Completed, job.State);
        Assert.Contains(ResultOf(job).Leftovers!, name => name is "sleep" or "sh");
        Assert.Empty(Tagged(tag));
    }

    [Fact(Timeout = 60_000)]
    public async Task F2_a_cancel_asks_first_and_then_ends_all_that_does_not_listen()
    {
        string tag = Path.GetRandomFileName(), heard = PathOf("heard");
        var job = await BeginAsync($"trap 'echo INT >>{heard}' INT; trap 'echo TERM >>{heard}' TERM; setsid nohup sh -c 'while :; do sleep 1; : {tag}; done' >/dev/null & while :; do sleep 0.05; done");
        await Jobs.CancelAsync(job.Id, "ann", Token);
        var end = await EndOfAsync(job.Id);
        Assert.Equal(JobState.Cancelled, end.State);
        Assert.Equal("INT\nTERM\n", await File.ReadAllTextAsync(heard, Token));
        Assert.Empty(Tagged(tag));
    }

    [Fact(Timeout = 60_000)]
    public async Task B_27_none_of_seven_ways_of_hiding_outlasts_a_cancel()
    {
        // A number, which sleep takes as a time.
        string tag = Random.Shared.NextInt64(1_000_000_000_000, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var job = await SubmitAsync(TreeKillTests.Seven.Replace("0.TAG", $"0.{tag}", StringComparison.Ordinal));
        await Wait.ForAsync(async () => (await ReadTextAsync(job.Id)).Split("up").Length == 8);
        Assert.NotEmpty(Tagged(tag));
        await Jobs.CancelAsync(job.Id, "ann", Token);
        Assert.Equal(JobState.Cancelled, (await EndOfAsync(job.Id)).State);
        Assert.Empty(Tagged(tag));
        Assert.Equal(JobState.Completed, (await RunAsync("true")).State);
    }

    [Fact(Timeout = 60_000)]
    public async Task F2_a_command_that_ends_at_the_interrupt_has_its_last_words()
    {
        var job = await BeginAsync("trap 'echo bye; exit 0' INT; while :; do sleep 0.05; done");
        await Jobs.CancelAsync(job.Id, "ann", Token);
        // B-28: a wanted end is no failure and no success.
        Assert.Equal(JobState.Cancelled, (await EndOfAsync(job.Id)).State);
        Assert.Equal("bye\n", await ReadTextAsync(job.Id));
    }

    [Fact(Timeout = 60_000)]
    public async Task F4_a_kill_does_not_ask()
    {
        string heard = PathOf("heard");
        var job = await BeginAsync($"trap 'echo INT >>{heard}' INT TERM; while :; do sleep 0.05; done");
        await Jobs.KillAsync(job.Id, "ann", Token);
        Assert.Equal(JobState.Cancelled, (await EndOfAsync(job.Id)).State);
        Assert.False(File.Exists(heard));
    }

    [Fact(Timeout = 60_000)]
    public async Task B_25_the_limit_of_time_is_a_failure_and_never_a_cancel()
    {
        string tag = Path.GetRandomFileName();
        var job = await RunAsync($"echo begun; sh -c 'sleep 600; : {tag}'", new() { WallTime = TimeSpan.FromMilliseconds(400) });
        Assert.Equal((JobState.Failed, "timeout"), (job.State, job.Outcome!.Error!.Code));
        Assert.Equal("begun\n", await ReadTextAsync(job.Id));
        Assert.Empty(Tagged(tag));
    }

    [Fact(Timeout = 60_000)]
    public async Task L6_progress_in_the_output_is_the_progress_of_the_job()
    {
        string gate = PathOf("gate");
        var job = await BeginAsync($"echo 'compiling 3/10'; until [ -e {gate} ]; do sleep 0.01; done");
        await Wait.ForAsync(async () => (await Jobs.GetAsync(job.Id, Token)).Progress is { Current: 3, Total: 10 });
        Assert.Equal("compiling 3/10", (await Jobs.GetAsync(job.Id, Token)).Progress!.Message);
        await File.WriteAllTextAsync(gate, "", Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task L5_its_input_can_be_written_while_it_runs()
    {
        var job = await SubmitAsync(Command.Line("while read -r line; do echo \"got $line\"; [ \"$line\" = end ] && exit; done") with { KeepStdinOpen = true });
        await Wait.ForAsync(() => File.Exists(Path.Combine(Folder, "jobs", job.Id.ToString(), "1", "in")));
        await Commands.WriteStdinAsync(job.Id, "one\n"u8.ToArray(), Token);
        await Wait.ForAsync(async () => await ReadTextAsync(job.Id) == "got one\n");
        await Commands.WriteStdinAsync(job.Id, "end\n"u8.ToArray(), Token);
        await EndOfAsync(job.Id);
        Assert.Equal("got one\ngot end\n", await ReadTextAsync(job.Id));
        var refusal = await Assert.ThrowsAsync<InvalidJobException>(async () => await Commands.WriteStdinAsync(job.Id, "late"u8.ToArray(), Token));
        Assert.Contains("does not run", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L5_signals_reach_it_and_what_it_started()
    {
        var job = await BeginAsync("trap 'echo heard; exit 0' USR2; while :; do sleep 0.05; done");
        await Commands.SignalAsync(job.Id, "USR2", Token);
        Assert.Contains("heard", await ReadTextAsync((await EndOfAsync(job.Id)).Id), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("no-such-program", "no-such-program")]
    [InlineData("./plain", "execut")]
    [InlineData("./", "folder")]
    public async Task L1_a_program_that_cannot_be_started_is_named_with_the_reason(string program, string named)
    {
        await File.WriteAllTextAsync(PathOf("plain"), "no program", Token);
        var job = await RunAsync(Command.Program(program.StartsWith('.') ? PathOf(program[2..]) : program));
        Assert.Equal((JobState.Failed, "start_failed"), (job.State, job.Outcome!.Error!.Code));
        Assert.Contains(named, job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.False(job.Outcome.Error.Retryable);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_a_folder_or_user_that_is_not_there_is_named()
    {
        var noFolder = await RunAsync(Command.Line("true") with { Cwd = PathOf("nowhere") });
        Assert.Equal("start_failed", noFolder.Outcome!.Error!.Code);
        Assert.Contains("nowhere", noFolder.Outcome.Error.Message, StringComparison.Ordinal);
        var noUser = await RunAsync(Command.Line("true") with { User = "nobody-such" });
        Assert.Equal("start_failed", noUser.Outcome!.Error!.Code);
        Assert.Contains("nobody-such", noUser.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L4_a_dangerous_command_waits_for_a_person()
    {
        var job = await SubmitAsync("git push --force nowhere");
        var asked = (await Jobs.WaitAsync(job.Id, new() { Timeout = TimeSpan.FromSeconds(30), OrInput = true }, Token)).Job;
        Assert.Equal(JobState.Waiting, asked.State);
        await Jobs.AnswerAsync(job.Id, asked.Inputs[0].Key, JobData.Parse("false"), "ann", Token);
        Assert.Equal("start_failed", (await EndOfAsync(job.Id)).Outcome!.Error!.Code);
    }
}

/// <summary>Under the supervisor that is a program.</summary>
public sealed class NativeRunTests() : RunTests(SupervisorChoice.Native)
{
    [Fact(Timeout = 60_000)]
    public async Task L3_it_tells_time_processors_and_memory()
    {
        var result = ResultOf(await RunAsync("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"));
        Assert.True(result.CpuTime > TimeSpan.Zero, $"CPU time: {result.CpuTime}");
        Assert.True(result.WallTime >= result.CpuTime / 2, $"Wall time: {result.WallTime}");
        Assert.InRange(result.PeakMemoryBytes!.Value, 100_000, 1_000_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task L5_its_input_can_be_ended_while_it_runs()
    {
        var job = await SubmitAsync(Command.Program("cat") with { KeepStdinOpen = true });
        await Wait.ForAsync(() => File.Exists(Path.Combine(Folder, "jobs", job.Id.ToString(), "1", "identity.json")));
        await Commands.WriteStdinAsync(job.Id, "all\n"u8.ToArray(), Token);
        await Commands.CloseStdinAsync(job.Id, Token);
        Assert.Equal("all\n", ResultOf(await EndOfAsync(job.Id)).Stdout);
    }

    [Fact(Timeout = 60_000)]
    public async Task L5_input_that_was_not_kept_open_is_refused_with_what_to_do()
    {
        var job = await BeginAsync("sleep 600");
        var refusal = await Assert.ThrowsAsync<InvalidJobException>(async () => await Commands.WriteStdinAsync(job.Id, "x"u8.ToArray(), Token));
        Assert.Contains("keepStdinOpen", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_no_orphan_stays_a_zombie()
    {
        // It is adopted by the supervisor and ends while the command still runs.
        string gate = PathOf("gate");
        var job = await BeginAsync($"(setsid sleep 0.05 &); until [ -e {gate} ]; do sleep 0.01; done");
        int supervisor = new CommandFolder(Path.Combine(Folder, "jobs", job.Id.ToString(), "1")).ReadIdentity()!.Process.ProcessId;
        await Wait.ForAsync(() => ChildrenOf(supervisor) == 1);
        await File.WriteAllTextAsync(gate, "", Token);
        await EndOfAsync(job.Id);
    }

    private static int ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}

/// <summary>Under the script, as on a machine without a compiler.</summary>
public sealed class ShellRunTests() : RunTests(SupervisorChoice.Shell);
