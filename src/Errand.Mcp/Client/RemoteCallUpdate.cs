namespace Errand.Mcp;

/// <summary>What a call is doing on its server. What the server does not say is not there.</summary>
public sealed record RemoteCallUpdate
{
    /// <summary>Where the call is in its life.</summary>
    public required JobState State { get; init; }

    /// <summary>How far it has come.</summary>
    public double? Progress { get; init; }

    /// <summary>How far it has to go.</summary>
    public double? Total { get; init; }

    /// <summary>What it says of itself.</summary>
    public string? Message { get; init; }
}
