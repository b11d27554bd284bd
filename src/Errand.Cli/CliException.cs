namespace Errand.Cli;

/// <summary>Ends a command with a message for people and a code for scripts.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
