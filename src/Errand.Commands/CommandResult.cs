namespace Errand.Commands;

/// <summary>What a command came to. A stream that is too long for a result shows its start and its end; the job's output has all of it.</summary>
/// <param name="Stdout">What it wrote to its standard output.</param>
/// <param name="Stderr">What it wrote to its standard error.</param>
/// <param name="ExitCode">Its exit code; 128 + N if signal N ended it, as shells show it.</param>
internal sealed record CommandResult(string Stdout, string Stderr, int ExitCode);
