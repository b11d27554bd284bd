using System.Globalization;

namespace Errand.Commands;

/// <summary>Makes the command of one run from a profile's templates.</summary>
internal static class AgentCommandLine
{
    public const string Prompt = "{prompt}";
    public const string Session = "{session}";
    private const string CostUsd = "{costUsd}";

    /// <summary>The command of a run.</summary>
    /// <param name="profile">How to run the agent.</param>
    /// <param name="input">The task.</param>
    /// <param name="prompt">What it is told.</param>
    /// <param name="session">The session of the CLI to go on with, if any.</param>
    /// <param name="costLeft">What is left of the budget of cost, where there is one.</param>
    /// <exception cref="JobErrorException">The profile cannot do that.</exception>
    public static CommandInput For(AgentProfile profile, AgentInput input, string prompt, string? session, decimal? costLeft)
    {
        var template = session is null ? profile.Command : profile.ResumeCommand ?? throw CannotResume(profile, session);
        List<string> argv = [.. template.Select(part => part.Replace(Session, session, StringComparison.Ordinal))];
        if (costLeft is { } cost)
            argv.AddRange(profile.CostArguments.Select(part =>
                part.Replace(CostUsd, cost.ToString("0.####", CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        if (profile.Prompt == AgentPrompt.Argument) PutPrompt(argv, prompt);
        return new()
        {
            Argv = argv,
            Cwd = input.Cwd ?? profile.Cwd,
            Env = profile.Env,
            Stdin = profile.Prompt == AgentPrompt.Stdin ? prompt : null,
            KeepStdinOpen = profile.Prompt == AgentPrompt.StreamJson,
        };
    }

    // Last, so that no other part of the command is looked for in what somebody wrote.
    private static void PutPrompt(List<string> argv, string prompt)
    {
        bool put = false;
        for (int i = 0; i < argv.Count; i++)
        {
            if (!argv[i].Contains(Prompt, StringComparison.Ordinal)) continue;
            argv[i] = argv[i].Replace(Prompt, prompt, StringComparison.Ordinal);
            put = true;
        }
        if (!put) argv.Add(prompt);
    }

    private static JobErrorException CannotResume(AgentProfile profile, string session) => new(new JobError(
        JobErrorCodes.StartFailed,
        $"The agent '{profile.Name}' cannot go on with session {session}: its profile has no ResumeCommand. Give it one, or start a new task.",
        Retryable: false));
}
