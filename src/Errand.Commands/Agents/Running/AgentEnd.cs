using System.ComponentModel;
using System.Globalization;

namespace Errand.Commands;

/// <summary>How a run of an agent's CLI ended, and what that means for its job.</summary>
internal sealed class AgentEnd
{
    private const int LastLines = 10;
    private const int LastLength = 2000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    // Their clock and ours may differ by a little.
    private static readonly TimeSpan AfterReset = TimeSpan.FromSeconds(5);

    public required AgentProfile Profile { get; init; }

    public required bool MustAnswer { get; init; }

    public required AgentTally Tally { get; init; }

    public required AgentState Before { get; init; }

    public required CommandEnd Command { get; init; }

    public required JobError? Breach { get; init; }

    public required int Attempt { get; init; }

    public required StopReason Stop { get; init; }

    /// <summary>Whether it had to be stopped because it had said its last word and did not end.</summary>
    public required bool StoppedAfterAnswer { get; init; }

    private int? ExitCode => Command.Exit?.ShellCode;

    private string? Signal => Command.Exit?.SignalName;

    /// <summary>The outcome, and what the next attempt needs to know, where there will be one.</summary>
    public (JobOutcome Outcome, AgentState? GoesOn) ToOutcome(AgentBudgetGuard guard, TimeProvider time)
    {
        if (Stop is StopReason.Cancelled or StopReason.Killed or StopReason.Abandoned) return (Proven(JobOutcome.Cancelled), null);
        if (Command.Kind == CommandEndKind.LetGo)
            return (JobOutcome.Interrupted($"This process has let go of '{Profile.Name}', which goes on."), null);
        if (Command.Exit?.StartFailed is { } error) return (JobOutcome.Failed(NotStarted(error)), null);
        if (Breach is not null) return (Failed(Breach), null);
        if (Command.Exceeded is { } exceeded) return (Failed(Exceeded(exceeded)), null);
        if (Command.Exit is null || Stop == StopReason.ShuttingDown) return (Interrupted(), null);
        bool isAnswered = MustAnswer && Tally.Answer is { IsError: false };
        bool isDone = isAnswered || (!MustAnswer && Tally.Answer is not { IsError: true });
        if (isDone && (ExitCode == 0 || StoppedAfterAnswer)) return (Proven(JobOutcome.Completed(Result())), null);
        if (Tally.Answer?.Code == AgentErrorCodes.CostLimit) return (Failed(guard.StoppedItself(Tally.Spent)), null);
        if (!isAnswered && LimitOf() is { } limit) return (Failed(WaitFor(limit, time)), NextState());
        return (Failed(ErrorOf()), null);
    }

    private JobOutcome Failed(JobError error) => Proven(JobOutcome.Failed(error, Result()));

    private JobOutcome Proven(JobOutcome outcome) => outcome with { ExitCode = ExitCode, Signal = Signal };

    // The result of a CLI whose end nobody has seen is what it had said by then.
    private JobOutcome Interrupted() =>
        Proven(JobOutcome.Interrupted(CommandMessages.Interrupted(Command) + " Its session may be continued.") with { Result = Result() });

    private JobError Exceeded(ExceededLimit limit) => CommandMessages.ErrorOf(limit) with
    {
        Message = $"'{Profile.Name}' {limit.Description}, {AgentBudgetGuard.Turns(Before.Spent.Plus(Tally.Spent))}, and was ended. " +
            "What it did up to then is kept. Continue it as a new task, or give it more.",
    };

    private JobError NotStarted(int error) => new(
        JobErrorCodes.StartFailed, $"'{Profile.Name}' could not be started: {new Win32Exception(error).Message}.", Retryable: false);

    private JobData Result()
    {
        var spent = Before.Spent.Plus(Tally.Spent);
        bool tells = Tally.TellsUsage || spent.Tokens > 0;
        string? answer = Tally.Answer is { IsError: false } said ? said.Text : null;
        return JobData.From(
            new AgentResult(
                answer, Tally.Session ?? Before.Session, spent.Turns, tells ? new(spent.Input, spent.Output, spent.Tokens) : null, spent.CostUsd,
                ExitCode),
            AgentJson.Plain.AgentResult);
    }

    private AgentState NextState() => new()
    {
        Session = Tally.Session ?? Before.Session,
        // A session in which nothing was done is begun anew: some CLIs do not keep one.
        GoesOn = Profile.ResumeCommand is not null && (Before.GoesOn || (Tally.HasWorked && Tally.Session is not null)),
        Spent = Before.Spent.Plus(Tally.Spent),
    };

    // Some say it only to people, on their standard error.
    private AgentUsageLimit? LimitOf()
    {
        if (Tally.Limit is { } told) return told;
        string[] words = [Tally.Answer?.Text ?? "", Tally.LastError ?? "", LastWords()];
        return words.FirstOrDefault(UsageLimitText.IsLimit) is { } text ? new AgentUsageLimit(text) : null;
    }

    private JobError WaitFor(AgentUsageLimit limit, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var resetsAt = limit.ResetsAt ?? UsageLimitText.ResetOf(limit.Message, now, time.LocalTimeZone)
            ?? UsageLimitText.ResetOf(Tally.Answer?.Text ?? "", now, time.LocalTimeZone);
        var pause = resetsAt is { } at ? TimeSpan.FromTicks(Math.Max(0, (at - now).Ticks)) + AfterReset : PauseAfter(Attempt);
        string until = resetsAt is { } reset
            ? string.Create(CultureInfo.InvariantCulture, $"It goes on after {reset.UtcDateTime:yyyy-MM-dd HH:mm} UTC.")
            : string.Create(CultureInfo.InvariantCulture, $"It does not say until when; the next try is in {pause.TotalMinutes:0} minutes.");
        return new(AgentErrorCodes.UsageLimit, $"'{Profile.Name}' has reached the usage limit of its provider: {Shorten(limit.Message)} {until}")
        {
            RetryAfter = pause,
        };
    }

    private static TimeSpan PauseAfter(int attempt) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Clamp(attempt - 1, 0, 10)));

    private JobError ErrorOf()
    {
        string said = Tally.Answer is { IsError: true, Text: { } text } ? text : Tally.LastError ?? "";
        if (Tally.Answer is { IsError: true })
            return new(AgentErrorCodes.AgentError, $"'{Profile.Name}' failed: {Shorten(said)}", Retryable: false);
        string words = said.Length > 0 ? $" It said: {Shorten(said)}" : LastWords() is { Length: > 0 } last ? $" The end of its stderr:\n{last}" : "";
        if (Signal is { } signal)
            return new(CommandErrorCodes.Signal, $"'{Profile.Name}' was ended by {signal}.{words}", Retryable: false);
        if (ExitCode != 0)
            return new(CommandErrorCodes.ExitCode, $"'{Profile.Name}' ended with exit code {ExitCode}.{words}", Retryable: false);
        return new(
            AgentErrorCodes.NoAnswer,
            $"'{Profile.Name}' ended without a result. See that its arguments make it write the stream that its profile reads.{words}",
            Retryable: false);
    }

    private string LastWords() => Command.Stderr.LastLines(LastLines, LastLength);

    private static string Shorten(string text) => text.Length <= LastLength ? text : $"{text[..LastLength]}…";
}
