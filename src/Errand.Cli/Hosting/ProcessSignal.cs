using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Errand.Cli;

/// <summary>Asks a process to end.</summary>
internal static partial class ProcessSignal
{
    private const int Terminating = 15;

    /// <returns>Whether that was allowed.</returns>
    public static bool Terminate(Process process)
    {
        if (!OperatingSystem.IsWindows()) return kill(process.Id, Terminating) == 0 || process.HasExited;
        process.Kill();
        return true;
    }

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
#pragma warning restore IDE1006
}
