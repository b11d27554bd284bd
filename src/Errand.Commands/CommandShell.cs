namespace Errand.Commands;

/// <summary>The shell of a command that names none.</summary>
internal static class CommandShell
{
    public const string Default = "/bin/sh";

    public static IEnumerable<string> ArgumentsFor(string command) => ["-c", command];
}
