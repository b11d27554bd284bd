namespace Errand.Commands;

/// <summary>The shell of a command that names none, and how shells are given a line.</summary>
internal static class CommandShell
{
    public const string Default = "/bin/sh";

    private static readonly string[] LikeSh = ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "rbash"];

    public static IEnumerable<string> ArgumentsFor(string command) => ["-c", command];

    /// <summary>Whether a shell reads lines as sh does, apart from what it adds.</summary>
    public static bool ReadsAsSh(string shell) => LikeSh.Contains(Path.GetFileName(shell));
}
