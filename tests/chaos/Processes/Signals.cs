using System.Runtime.InteropServices;

namespace Errand.Chaos.Tests.Processes;

/// <summary>What the suite does to its workers.</summary>
internal static partial class Signals
{
    // The numbers of Linux.
    private const int Kill = 9, Continue = 18, Stop = 19;

    public static void Freeze(int process) => Send(process, Stop);

    public static void Thaw(int process) => Send(process, Continue);

    public static void End(int process) => Send(process, Kill);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
