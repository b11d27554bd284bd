using System.Text.Json;

namespace Errand.Chaos.Tests.Worker;

/// <summary>What a worker process is told when it is started.</summary>
internal sealed record WorkerSettings
{
    /// <summary>Its name, which no other worker of the test has or had.</summary>
    public required string Name { get; init; }

    public required string Store { get; init; }

    /// <summary>The folder of the journals; each worker writes its own.</summary>
    public required string Journals { get; init; }

    /// <summary>The folder of the output logs. Default: they stay in memory.</summary>
    public string? Output { get; init; }

    public int Slots { get; init; } = 64;

    /// <summary>Whether it runs jobs, or only submits them for others.</summary>
    public bool RunsJobs { get; init; } = true;

    /// <summary>Whether it says what its bodies do, and does not only write it down.</summary>
    public bool Tells { get; init; }

    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    public bool Doorbell { get; init; } = true;

    /// <summary>How often the store looks for writes of others. Default: its own.</summary>
    public TimeSpan? StorePollInterval { get; init; }

    /// <summary>The file that jobs of <see cref="Kinds.Gated"/> wait for.</summary>
    public string Gate => $"{Journals}.gate";

    public static WorkerSettings Parse(string text) => JsonSerializer.Deserialize<WorkerSettings>(text)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}
