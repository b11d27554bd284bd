using System.Runtime.InteropServices;

namespace Errand.Commands;

/// <summary>Whether this process may execute a file, or enter a folder: the system knows of more than the bits of the mode.</summary>
internal static partial class FileAccessCheck
{
    private const int Execute = 1;
    private const int AtCurrentFolder = -100;
    // By the effective user, as a start is.
    private const int Effective = 0x200;

    public static bool MayExecute(string path) => OperatingSystem.IsWindows() || faccessat(AtCurrentFolder, path, Execute, Effective) == 0;

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int faccessat(int folder, string path, int mode, int flags);
#pragma warning restore IDE1006
}
