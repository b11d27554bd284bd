using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>A process by a descriptor, which stays with that process when its number is used again.</summary>
internal sealed partial class ProcessDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int NoHang = 1;
    private const int ByDescriptor = 3;
    private const int Exited = 4;
    private const nint PidfdOpen = 434;
    private const nint PidfdSendSignal = 424;

    public ProcessDescriptor() : base(ownsHandle: true) { }

    /// <summary>Finds the process that has a number now; none where there is no such process.</summary>
    public static ProcessDescriptor? Open(int process)
    {
        nint descriptor = syscall(PidfdOpen, process, 0);
        if (descriptor < 0) return null;
        var opened = new ProcessDescriptor();
        opened.SetHandle(descriptor);
        return opened;
    }

    /// <summary>Sends a signal; does nothing when the process is gone.</summary>
    public void Signal(int signal) => _ = syscall(PidfdSendSignal, handle, signal, 0, 0);

    /// <summary>Takes a child that has ended off the system's list; of another's child it does nothing.</summary>
    public void Reap() => Wait(Exited | NoHang);

    /// <summary>Waits until a child has ended.</summary>
    public void Await() => Wait(Exited);

    private unsafe void Wait(int options)
    {
        byte* information = stackalloc byte[128];
        _ = waitid(ByDescriptor, (int)handle, information, options);
    }

    protected override bool ReleaseHandle() => close(handle) == 0;

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall(nint number, nint descriptor, nint signal, nint info, nint flags);

    [LibraryImport("libc")]
    private static unsafe partial int waitid(int idType, int id, byte* info, int options);

    [LibraryImport("libc")]
    private static partial int close(nint descriptor);
#pragma warning restore IDE1006
}
