namespace Errand.Commands;

/// <summary>What is said of commands that did not end well.</summary>
internal static class CommandMessages
{
    public static JobError ErrorOf(CommandInput input, CommandExit exit, string lastWords)
    {
        string end = lastWords.Length == 0 ? " It wrote nothing to stderr." : $" The end of its stderr:\n{lastWords}";
        if (exit.SignalName is { } signal)
            return new(CommandErrorCodes.Signal, $"The command was ended by {signal}, which Errand did not send.{end}");
        string expected = input.ExpectedExitCodes is { } codes ? string.Join(" or ", codes) : "0";
        return new(CommandErrorCodes.ExitCode, $"The command ended with exit code {exit.ExitCode} instead of {expected}.{end}");
    }

    public static JobError ErrorOf(ExceededLimit limit)
    {
        string code = limit.Kind switch
        {
            ExceededLimitKind.CpuTime => CommandErrorCodes.CpuLimit,
            ExceededLimitKind.Memory => CommandErrorCodes.MemoryLimit,
            ExceededLimitKind.FileSize => CommandErrorCodes.FileLimit,
            _ => CommandErrorCodes.ProcessLimit,
        };
        return new(code, $"The command {limit.Description}, and was ended. Give it a higher limit, or make it do less.", Retryable: false);
    }

    public static JobError HostLost { get; } = new(
        CommandErrorCodes.HostLost,
        "The server that ran the command is gone, and nothing on this host tells of the command: it was started on another one, where it may " +
        "still run. Look there, and run it again if that does no harm.",
        Retryable: false);

    public static string Interrupted(CommandEnd end)
    {
        string what = end.Kind switch
        {
            CommandEndKind.SupervisorKilled => $"The command's supervisor was killed, so nobody has seen how the command ended.{WhatWasLeft(end)}",
            CommandEndKind.HostRestarted => "The machine was started anew while the command ran, which ended it.",
            _ => "The server was shut down before the command ended, and stopped it.",
        };
        return $"{what} Its output up to then is kept. Run it again if that does no harm.";
    }

    private static string WhatWasLeft(CommandEnd end) => end switch
    {
        { Survivors.Count: > 0 } => $" These processes could not be ended: {string.Join(", ", end.Survivors)}.",
        { Leftovers.Count: > 0 } => $" What was left of it was ended: {string.Join(", ", end.Leftovers)}.",
        _ => " Nothing was left of it.",
    };
}
