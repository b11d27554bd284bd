namespace Errand.Commands;

/// <summary>How a task of an agent is started.</summary>
public sealed record AgentStartOptions
{
    /// <summary>The folder that the agent works in; an absolute path. Default: the profile's.</summary>
    public string? Cwd { get; init; }

    /// <summary>A line for people. Default: the beginning of the prompt.</summary>
    public string? Title { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Who it belongs to. Default: <see cref="JobSpec.LocalOwner"/>.</summary>
    public string Owner { get; init; } = JobSpec.LocalOwner;

    /// <summary>From -10 to 10. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// Whether it starts as soon as it may. If not, it is only defined, and waits for
    /// <see cref="IAgentClient.StartAsync(JobId, string, CancellationToken)"/>. Default: yes.
    /// </summary>
    public bool Start { get; init; } = true;
}
