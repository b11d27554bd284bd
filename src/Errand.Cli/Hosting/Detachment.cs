using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Cli;

/// <summary>
/// Lets go of the terminal and of whoever started this process, so that neither a closed window nor Ctrl-C ends it. To be called before
/// anything is written to the console, which opens its streams once.
/// </summary>
internal static partial class Detachment
{
    private const int StandardIn = 0;
    private const int StandardOut = 1;
    private const int StandardError = 2;

    /// <summary>Gives this process a session of its own, and writes what it says to a file.</summary>
    /// <returns>Goes to whoever started this process; closing it says that there is no more to come.</returns>
    public static Stream Begin(string log)
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        _ = setsid();
        var starter = new FileStream(new SafeFileHandle(dup(StandardOut), ownsHandle: true), FileAccess.Write, bufferSize: 0);
        using var nothing = File.OpenHandle("/dev/null");
        using var file = new FileStream(log, new FileStreamOptions
        {
            Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _ = dup2(nothing, StandardIn);
        _ = dup2(file.SafeFileHandle, StandardOut);
        _ = dup2(file.SafeFileHandle, StandardError);
        return starter;
    }

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc")]
    private static partial int setsid();

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    [LibraryImport("libc")]
    private static partial int dup2(SafeFileHandle from, int to);
#pragma warning restore IDE1006
}
