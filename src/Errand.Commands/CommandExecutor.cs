namespace Errand.Commands;

/// <summary>Runs a command as a child of this process.</summary>
/// <remarks>
/// Nothing stands between the server and the command yet: it writes into the server's pipes, so that it is lost when the server goes, and a
/// job of it ends as interrupted. A process that left the command's tree before a cancel (a daemon) is not found by it. An own supervisor
/// for each command, which outlives the server and misses nobody, is what this is to become.
/// </remarks>
internal sealed class CommandExecutor : IJobExecutor
{
    private const int LastLines = 10;
    private const int LastLength = 2000;

    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        var input = CommandInput.Read(job.Input);
        using var process = CommandProcess.Start(input, job);
        int exitCode = await process.RunAsync(input.Stdin);
        return OutcomeOf(input, process, exitCode, job.StopReason) with { ExitCode = exitCode, Signal = CommandSignals.NameOf(exitCode) };
    }

    private static JobOutcome OutcomeOf(CommandInput input, CommandProcess process, int exitCode, StopReason stop)
    {
        if (stop is StopReason.Cancelled or StopReason.Killed or StopReason.Abandoned) return JobOutcome.Cancelled;
        if (stop == StopReason.ShuttingDown)
            return JobOutcome.Interrupted(
                "The server was shut down before the command ended, and stopped it. Its output up to then is kept. " +
                "Run it again if that does no harm.");
        JobData result;
        string last;
        // A process that was left behind may still write.
        lock (process.Stdout)
            lock (process.Stderr)
            {
                result = JobData.From(
                    new CommandResult(process.Stdout.ToString(), process.Stderr.ToString(), exitCode), CommandJson.Plain.CommandResult);
                last = process.Stderr.LastLines(LastLines, LastLength);
            }
        if (input.ExpectedExitCodes?.Contains(exitCode) ?? exitCode == 0) return JobOutcome.Completed(result);
        return JobOutcome.Failed(ErrorOf(input, exitCode, last), result);
    }

    private static JobError ErrorOf(CommandInput input, int exitCode, string lastWords)
    {
        string end = lastWords.Length == 0 ? " It wrote nothing to stderr." : $" The end of its stderr:\n{lastWords}";
        if (CommandSignals.NameOf(exitCode) is { } signal) return new(CommandErrorCodes.Signal, $"The command was ended by {signal}.{end}");
        string expected = input.ExpectedExitCodes is { } codes ? string.Join(" or ", codes) : "0";
        return new(CommandErrorCodes.ExitCode, $"The command ended with exit code {exitCode} instead of {expected}.{end}");
    }
}
