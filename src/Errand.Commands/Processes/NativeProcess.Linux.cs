using System.Runtime.InteropServices;

namespace Errand.Commands;

/// <summary>
/// The part of Linux's C library that looks at processes and signals them. Only for 64-bit systems, where its numbers have 64 bits.
/// </summary>
internal static unsafe partial class NativeProcess
{
    public const int LocksLimit = 10;

    /// <summary>It is no process, or not any more.</summary>
    public const int NoSuchProcess = 3;

    /// <summary>It is another user's.</summary>
    public const int NotPermitted = 1;

    private const string Library = "libc";
    // These calls are as old as glibc 2.36 and newer than some C libraries in use; their numbers are the same on every architecture.
    private const int PidFdSendSignal = 424;
    private const int PidFdOpen = 434;
    private const int ClockTicksName = 2;

    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int NoHang = 1;

    // One of the few flags that are not the same everywhere.
    private static readonly int Directory =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    /// <summary>How many ticks the times in /proc have in a second.</summary>
    public static readonly int TicksPerSecond = (int)SystemValue(ClockTicksName);

    /// <summary>A limit of a process: read, set, or both.</summary>
    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int Limit(int pid, int which, ResourceLimit* set, ResourceLimit* before);

    /// <summary>A descriptor for a process, which stays that process's when its number is used again; less than 0 where that fails.</summary>
    public static int OpenProcess(int pid) => (int)Call(PidFdOpen, pid, 0, 0, 0);

    /// <summary>Signals the process of a descriptor; 0 when that was done.</summary>
    public static int SendSignal(int descriptor, int signal) => (int)Call(PidFdSendSignal, descriptor, signal, 0, 0);

    /// <summary>Forgets a child that has ended.</summary>
    public static void Reap(int pid) => _ = Wait(pid, null, NoHang, null);

    public static int OpenToRead(byte* path) => Open(path, ReadOnly | CloseOnExec);

    public static int OpenFolder(string path) => Open(path, ReadOnly | CloseOnExec | Directory);

    /// <summary>
    /// Removes a folder, as far as the kernel removes it: the files in a control group's go with it, which the runtime would try to delete
    /// one by one.
    /// </summary>
    public static bool RemoveFolder(string path) => RemoveEmpty(path) == 0;

    [LibraryImport(Library, EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* into, nint length);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveEmpty(string path);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "wait4")]
    private static partial int Wait(int pid, int* status, int options, void* usage);

    [LibraryImport(Library, EntryPoint = "sysconf")]
    private static partial nint SystemValue(int name);

    /// <summary>What holds now, and how far it may be raised.</summary>
    internal struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
