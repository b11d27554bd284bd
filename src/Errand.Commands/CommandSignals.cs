namespace Errand.Commands;

/// <summary>The signals of processes.</summary>
internal static class CommandSignals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int EndOfInput = 10;
    public const int Terminate = 15;
    public const int FileTooLarge = 25;
    private static readonly string?[] Names =
    [
        null, "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The name of a signal, as this kind of system numbers it.</summary>
    public static string NameOf(int signal) => signal > 0 && signal < Names.Length ? Names[signal]! : $"signal {signal}";

    /// <summary>The number of a signal by its name, with or without SIG.</summary>
    public static int? NumberOf(string name)
    {
        string full = name.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? name : $"SIG{name}";
        int number = Array.FindIndex(Names, known => string.Equals(known, full, StringComparison.OrdinalIgnoreCase));
        return number > 0 ? number : null;
    }
}
