using System.Text.Json;

namespace Errand.Commands;

/// <summary>What a job of the kind <c>agent</c> is given.</summary>
internal sealed record AgentInput
{
    /// <summary>The name of the profile.</summary>
    public string? Profile { get; init; }

    /// <summary>What the agent is told.</summary>
    public string? Prompt { get; init; }

    /// <summary>The folder it works in. Default: the profile's.</summary>
    public string? Cwd { get; init; }

    /// <summary>The CLI's own session to go on with. Default: a new one.</summary>
    public string? Session { get; init; }

    /// <summary>Reads an input, or says which parameter is wrong with it.</summary>
    public static AgentInput Read(JobData data)
    {
        AgentInput? input;
        try { input = data.As(AgentJson.Default.AgentInput); }
        catch (JsonException e)
        {
            string parameter = e.Path is ['$', '.', .. var path] ? path : "input";
            throw new InvalidJobException(parameter, $"{parameter} does not fit an agent: {e.Message}", e);
        }
        if (input is null) throw new InvalidJobException("prompt", "An agent needs a profile, such as \"claude\", and a prompt.");
        input.Check();
        return input;
    }

    private void Check()
    {
        if (string.IsNullOrEmpty(Profile)) throw new InvalidJobException("profile", "profile is empty; name an agent, such as \"claude\".");
        if (string.IsNullOrWhiteSpace(Prompt)) throw new InvalidJobException("prompt", "prompt is empty; say what the agent is to do.");
        if (Prompt.Contains('\0')) throw new InvalidJobException("prompt", "prompt must not have a NUL character.");
        if (Cwd is not null && (!Path.IsPathFullyQualified(Cwd) || Cwd.Contains('\0')))
            throw new InvalidJobException("cwd", $"cwd must be an absolute path; it is '{Cwd}'.");
        // It becomes an argument of its own: one that begins with a dash would be an option.
        if (Session is not null && (Session.Length is 0 or > 200 || Session[0] == '-' || Session.Any(char.IsControl)))
            throw new InvalidJobException("session", "session must be the id of a session of the agent's CLI.");
    }
}
