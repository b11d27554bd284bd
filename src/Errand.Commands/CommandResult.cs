using System.Text.Json.Serialization;

namespace Errand.Commands;

/// <summary>What a command came to. A stream that is too long for a result shows its start and its end; the job's output has all of it.</summary>
public sealed record CommandResult
{
    /// <summary>What it wrote to its standard output.</summary>
    public string Stdout { get; init; } = "";

    /// <summary>What it wrote to its standard error.</summary>
    public string Stderr { get; init; } = "";

    /// <summary>Its exit code; 128 + N if signal N ended it, as shells show it.</summary>
    public int ExitCode { get; init; }

    /// <summary>The name of the signal that ended it, such as <c>SIGSEGV</c>; absent where none did.</summary>
    public string? Signal { get; init; }

    /// <summary>How much time of processors it and its children used; absent where that is not known.</summary>
    [JsonPropertyName("cpuTimeMs")]
    [JsonConverter(typeof(MillisecondsConverter))]
    public TimeSpan? CpuTime { get; init; }

    /// <summary>The most memory that one process of it held at once, in bytes; absent where that is not known.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>How long it ran; absent where that is not known.</summary>
    [JsonPropertyName("wallTimeMs")]
    [JsonConverter(typeof(MillisecondsConverter))]
    public TimeSpan? WallTime { get; init; }

    /// <summary>The programs that it left running when it ended, which were ended then; absent where there were none.</summary>
    public IReadOnlyList<string>? Leftovers { get; init; }
}
