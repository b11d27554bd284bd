using System.Buffers;

namespace Errand.Commands;

/// <summary>What a profile must be like.</summary>
internal static class AgentProfileRules
{
    private const int MaxName = 60;
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    public static IEnumerable<string> ProblemsOf(string key, AgentProfile profile) =>
        NameProblems(key, profile).Concat(CommandProblems(profile)).Concat(AmountProblems(profile))
            .Select(problem => $"Agents: the profile '{key}': {problem}");

    private static IEnumerable<string> NameProblems(string key, AgentProfile profile)
    {
        if (profile.Name.Length is 0 or > MaxName || profile.Name.AsSpan().ContainsAnyExcept(NameLetters))
            yield return $"its name must have 1 to {MaxName} letters, digits, '-', '_' and '.'.";
        else if (profile.Name != key) yield return $"its name is '{profile.Name}'; it must be the one that it stands under. Use AgentOptions.Add.";
    }

    private static IEnumerable<string> CommandProblems(AgentProfile profile)
    {
        if (!IsCommand(profile.Command)) yield return "Command must begin with a program, such as [\"claude\", \"-p\"], and have no NUL.";
        if (profile.ResumeCommand is { } resume)
        {
            if (!IsCommand(resume)) yield return "ResumeCommand must begin with a program, and have no NUL.";
            if (!resume.Any(part => part.Contains(AgentCommandLine.Session, StringComparison.Ordinal)))
                yield return "ResumeCommand must hold {session}, or every session would be continued as if it were the last.";
        }
        if (profile.Command.Any(part => part.Contains(AgentCommandLine.Session, StringComparison.Ordinal)))
            yield return "Command must not hold {session}: a new task has none. Put it into ResumeCommand.";
        if (profile.Prompt != AgentPrompt.Argument && profile.Command.Any(part => part.Contains(AgentCommandLine.Prompt, StringComparison.Ordinal)))
            yield return $"Command holds {{prompt}}, but Prompt is {profile.Prompt}; set it to Argument.";
        if (profile.Cwd is { } cwd && !Path.IsPathFullyQualified(cwd)) yield return $"Cwd must be an absolute path; it is '{cwd}'.";
        foreach (var (name, value) in profile.Env)
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value is null || value.Contains('\0'))
                yield return $"'{name}' in Env must have a name without '=' and a value without NUL.";
    }

    private static IEnumerable<string> AmountProblems(AgentProfile profile)
    {
        if (profile.Cap < 1) yield return $"Cap is {profile.Cap}; it must be at least 1, such as {AgentProfile.DefaultCap}.";
        if (profile.Budgets.WallTime is { } wall && (wall <= TimeSpan.Zero || wall > TimeSpan.FromDays(365)))
            yield return $"Budgets.WallTime is {wall}; it must be positive and at most a year, such as 01:00:00.";
        if (profile.Budgets.CpuTime is { } cpu && cpu <= TimeSpan.Zero)
            yield return $"Budgets.CpuTime is {cpu}; it must be positive, such as 00:30:00.";
        if (profile.Budgets.Tokens is < 1) yield return $"Budgets.Tokens is {profile.Budgets.Tokens}; it must be at least 1, such as 1000000.";
        if (profile.Budgets.CostUsd is <= 0) yield return $"Budgets.CostUsd is {profile.Budgets.CostUsd}; it must be positive, such as 5.";
    }

    private static bool IsCommand(IReadOnlyList<string> command) =>
        command.Count > 0 && !string.IsNullOrWhiteSpace(command[0]) && !command.Any(part => part is null || part.Contains('\0'));
}
