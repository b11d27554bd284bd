using System.ComponentModel;

namespace Errand.Commands;

/// <summary>Runs commands as jobs: what came of the command becomes the outcome of the job.</summary>
internal sealed class CommandExecutor(CommandParts parts) : IJobExecutor
{
    private const int LastLines = 10;
    private const int LastLength = 2000;
    private readonly CommandRunner _runner = new(parts);

    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        var input = CommandInput.Read(job.Input, parts.Options);
        if (await CommandConsent.DemandAsync(input, parts.Options.Policy, job) is { } refusal) return refusal;
        return OutcomeOf(input, await _runner.RunAsync(PlanOf(input, job), job), job);
    }

    public async ValueTask<JobOutcome> ResumeAsync(JobContext job)
    {
        // Perhaps it still waits for a person's word.
        if (!_runner.HasBegun(job)) return await RunAsync(job);
        var input = CommandInput.Read(job.Input, parts.Options);
        return OutcomeOf(input, await _runner.ResumeAsync(PlanOf(input, job), job), job);
    }

    private CommandPlan PlanOf(CommandInput input, JobContext job) => new(input)
    {
        Limits = job.Spec.Limits ?? JobLimits.None,
        Listener = new ProgressListener(job, parts.Options),
    };

    private static JobOutcome OutcomeOf(CommandInput input, CommandEnd end, JobContext job)
    {
        var outcome = end switch
        {
            _ when job.StopReason is StopReason.Cancelled or StopReason.Killed or StopReason.Abandoned => JobOutcome.Cancelled,
            { Kind: CommandEndKind.LetGo } => JobOutcome.Interrupted("This process has let go of the command, which goes on."),
            { Kind: CommandEndKind.HostLost } => JobOutcome.Failed(CommandMessages.HostLost),
            { Exit: { } exit } when job.StopReason != StopReason.ShuttingDown => OutcomeOf(input, end, exit),
            _ => JobOutcome.Interrupted(CommandMessages.Interrupted(end)),
        };
        return outcome with { ExitCode = end.Exit?.ShellCode, Signal = end.Exit?.SignalName };
    }

    private static JobOutcome OutcomeOf(CommandInput input, CommandEnd end, CommandExit exit)
    {
        if (exit.StartFailed is { } error)
            return JobOutcome.Failed(new JobError(
                JobErrorCodes.StartFailed, $"'{input.Program}' could not be started: {new Win32Exception(error).Message}.", Retryable: false));
        var result = JobData.From(ResultOf(end, exit), CommandJson.Plain.CommandResult);
        if (end.Exceeded is { } limit) return JobOutcome.Failed(CommandMessages.ErrorOf(limit), result);
        bool isExpected = exit.ExitCode is { } code && (input.ExpectedExitCodes?.Contains(code) ?? code == 0);
        return isExpected
            ? JobOutcome.Completed(result)
            : JobOutcome.Failed(CommandMessages.ErrorOf(input, exit, end.Stderr.LastLines(LastLines, LastLength)), result);
    }

    private static CommandResult ResultOf(CommandEnd end, CommandExit exit) => new()
    {
        Stdout = end.Stdout.ToString(), Stderr = end.Stderr.ToString(), ExitCode = exit.ShellCode ?? 0, Signal = exit.SignalName,
        CpuTime = Milliseconds(exit.CpuTimeMs), WallTime = Milliseconds(exit.WallTimeMs), PeakMemoryBytes = exit.PeakMemoryBytes,
        Leftovers = end.Leftovers.Count > 0 ? [.. end.Leftovers, .. end.Survivors.Select(survivor => $"{survivor}, which could not be ended")] : null,
    };

    private static TimeSpan? Milliseconds(long? count) => count is { } known ? TimeSpan.FromMilliseconds(known) : null;
}
