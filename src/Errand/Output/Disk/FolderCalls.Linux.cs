using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Errand;

internal sealed partial class LinuxFolderCalls : FolderCalls
{
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const int CloseOnExec = 0x8_0000;
    private const int WriteOnly = 1;
    private const int AppendOnly = 0x400;
    private const long PastTheEnd = 1 << 20;

    // A hole past the end changes nothing and tells whether the file system makes holes at all: tmpfs, ext4, xfs and btrfs do; NFS
    // before 4.2 does not.
    public override bool CanPunch(SafeFileHandle file, long length) =>
        nint.Size == sizeof(long) && fallocate(file, PunchHole | KeepSize, length + PastTheEnd, 4096) == 0;

    public override void Punch(SafeFileHandle file, long offset, long length)
    {
        if (fallocate(file, PunchHole | KeepSize, offset, length) == 0) return;
        throw new IOException($"Space in a file could not be given back: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    public override void FlushFolder(string path)
    {
        int descriptor = open(path, CloseOnExec);
        if (descriptor < 0) throw new IOException($"The folder {path} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(folder) != 0) throw new IOException($"The folder {path} could not be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    // FileMode.Append only looks for the end once: bytes of another process that come in between would be written over.
    public override void Append(string path, ReadOnlySpan<byte> bytes)
    {
        int descriptor = open(path, CloseOnExec | AppendOnly | WriteOnly);
        if (descriptor < 0) throw new IOException($"The file {path} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, bytes, 0);
    }

    // What jobs print is nobody else's business.
    [UnsupportedOSPlatform("windows")]
    public override void CreateFolder(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);
#pragma warning restore IDE1006
}
