namespace Errand.Commands;

/// <summary>The signals that end processes.</summary>
internal static class CommandSignals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    private const int ShellBase = 128;

    /// <summary>
    /// The name of the signal that an exit code over 128 stands for. The runtime tells of a signal in no other way, so that a program that
    /// exits with such a code by itself looks as if a signal had ended it, as it does to every shell.
    /// </summary>
    public static string? NameOf(int exitCode) => (exitCode - ShellBase) switch
    {
        1 => "SIGHUP",
        Interrupt => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        Terminate => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        _ => null,
    };
}
