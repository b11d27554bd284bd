using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>A pipe that no child inherits by accident.</summary>
internal sealed partial record Pipe(SafeFileHandle Read, SafeFileHandle Write) : IDisposable
{
    private const int CloseOnExec = 0x80000;

    public static unsafe Pipe Open()
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, CloseOnExec) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        return new(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Writes a few bytes, which always fit.</summary>
    public unsafe void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            if (write(Write, start, bytes.Length) != bytes.Length) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeHandle descriptor, byte* bytes, nint length);
#pragma warning restore IDE1006
}
