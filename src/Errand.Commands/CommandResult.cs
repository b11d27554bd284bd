namespace Errand.Commands;
#pragma warning disable
public sealed record CommandResult { public string Stdout { get; init; } public string Stderr {get;init;} public int ExitCode {get;init;} public string? Signal{get;init;} public long? CpuTimeMs{get;init;} public long? PeakMemoryBytes {get;init;} public long? WallTimeMs {get;init;} public IReadOnlyList<string>? Leftovers {get;init;} }
