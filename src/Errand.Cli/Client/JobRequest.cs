namespace Errand.Cli;

/// <summary>A job of the kind <c>command</c>, as it is sent to the server.</summary>
internal sealed record JobRequest(CommandRequest Input)
{
    public string Kind { get; init; } = "command";

    public string? Title { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public int Priority { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public LimitsPart? Limits { get; init; }

    public RetryPart? Retry { get; init; }

    internal sealed record LimitsPart(long WallTimeMs);

    internal sealed record RetryPart(int MaxRetries);
}

/// <summary>What to run.</summary>
internal sealed record CommandRequest
{
    public string? Command { get; init; }

    public IReadOnlyList<string>? Argv { get; init; }

    public required string Cwd { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    public string? Stdin { get; init; }
}

/// <summary>What <c>status</c> and <c>up</c> print.</summary>
internal sealed record ServerStatus(int Pid, string Url, string McpUrl, string Version, string Store);
