using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

internal sealed partial class Supervisor
{
    private const uint CloseOnExec = 1;
    // What it answers to no arguments at all.
    private const int NothingToDo = 125;

    /// <summary>The program that is part of this library, in memory that can be executed; none where it was not built, or does not run.</summary>
    private static SafeFileHandle? LoadNative()
    {
        using var program = Resource(Name);
        if (program is null || !OperatingSystem.IsLinux()) return null;
        int descriptor = memfd_create(Name, CloseOnExec);
        if (descriptor < 0) return null;
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        byte[] bytes = new byte[program.Length];
        program.ReadExactly(bytes);
        RandomAccess.Write(handle, bytes, 0);
        if (Runs(handle)) return handle;
        handle.Dispose();
        return null;
    }

    // It may have been built for another kind of processor, or the system may not execute memory.
    private static bool Runs(SafeFileHandle program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(PathOf(program)) { UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == NothingToDo;
        }
        catch (Win32Exception) { return false; }
    }

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int memfd_create(string name, uint flags);
#pragma warning restore IDE1006
}
