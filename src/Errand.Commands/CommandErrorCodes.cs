namespace Errand.Commands;

/// <summary>The codes that failures of commands have, besides <see cref="JobErrorCodes"/>.</summary>
public static class CommandErrorCodes
{
    /// <summary>It ended with an exit code that was not expected.</summary>
    public const string ExitCode = "exit_code";

    /// <summary>A signal ended it, and nobody had asked Errand for that.</summary>
    public const string Signal = "signal";

    /// <summary>It used more time of processors than it may.</summary>
    public const string CpuLimit = "limit_cpu";

    /// <summary>It took more memory than it may.</summary>
    public const string MemoryLimit = "limit_memory";

    /// <summary>It had more processes than it may.</summary>
    public const string ProcessLimit = "limit_processes";

    /// <summary>It wrote more into a file than it may.</summary>
    public const string FileLimit = "limit_file";

    /// <summary>It ran on a host that is gone, or that keeps its output where this one cannot see it.</summary>
    public const string HostLost = "host_lost";
}
