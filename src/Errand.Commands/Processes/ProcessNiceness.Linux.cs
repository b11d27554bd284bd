using System.Runtime.InteropServices;

namespace Errand.Commands;

/// <summary>How nice a process is to others that want a processor.</summary>
internal static partial class ProcessNiceness
{
    private const int OfProcess = 0;

    /// <summary>Sets it; what the process starts from now on has it too.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="niceness">From -20 to 19, the nicest.</param>
    /// <returns>Whether that was allowed: less nice than before is for root only.</returns>
    public static bool Set(int pid, int niceness) => setpriority(OfProcess, pid, niceness) == 0;

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc")]
    private static partial int setpriority(int which, int who, int niceness);
#pragma warning restore IDE1006
}
