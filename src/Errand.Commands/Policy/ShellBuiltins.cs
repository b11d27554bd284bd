namespace Errand.Commands;

/// <summary>What a shell does by itself.</summary>
internal static class ShellBuiltins
{
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        ":", "[", "[[", "break", "cd", "continue", "declare", "dirs", "echo", "exit", "export", "false", "getopts", "jobs", "let", "local", "popd",
        "printf", "pushd", "pwd", "read", "readonly", "return", "set", "shift", "shopt", "test", "times", "true", "type", "typeset", "ulimit",
        "umask", "unset", "wait",
        // What these start is looked at by itself.
        "eval", "trap", ".", "source", "command", "builtin", "exec",
    };

    /// <summary>Whether no rule needs to allow it.</summary>
    public static bool IsHarmless(string name) => Harmless.Contains(name);
}
