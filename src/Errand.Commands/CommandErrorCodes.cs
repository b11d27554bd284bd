namespace Errand.Commands;

/// <summary>The codes that failures of commands have, besides <see cref="JobErrorCodes"/>.</summary>
public static class CommandErrorCodes
{
    /// <summary>It ended with an exit code that was not expected.</summary>
    public const string ExitCode = "exit_code";

    /// <summary>A signal ended it, and nobody had asked Errand for that.</summary>
    public const string Signal = "signal";
}
