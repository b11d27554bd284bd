using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>A process by a descriptor, which stays with that process when its number is used again.</summary>
internal sealed partial class ProcessDescriptor : SafeHandleMinusOneIsInvalid
{
    private const int NoHang = 1;
    private const int ByDescriptor = 3;
    private const int Exited = 4;

    public ProcessDescriptor() : base(ownsHandle: true) { }

    /// <summary>Finds the process that has a number now; none where there is no such process.</summary>
    public static ProcessDescriptor? Open(int process)
    {
        int descriptor = NativeProcess.OpenProcess(process);
        if (descriptor < 0) return null;
        var opened = new ProcessDescriptor();
        opened.SetHandle(descriptor);
        return opened;
    }

    /// <summary>Sends a signal; does nothing when the process is gone.</summary>
    public void Signal(int signal) => _ = NativeProcess.SendSignal((int)handle, signal);

    /// <summary>Takes a child that has ended off the system's list; of another's child it does nothing.</summary>
    public void Reap() => Wait(Exited | NoHang);

    /// <summary>Waits until a child has ended.</summary>
    public void Await() => Wait(Exited);

    protected override bool ReleaseHandle() => NativeProcess.Close((int)handle) == 0;

    private unsafe void Wait(int options)
    {
        byte* information = stackalloc byte[128];
        _ = waitid(ByDescriptor, (int)handle, information, options);
    }

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc")]
    private static unsafe partial int waitid(int idType, int id, byte* info, int options);
#pragma warning restore IDE1006
}
