using Microsoft.Win32.SafeHandles;

namespace Errand;

/// <summary>
/// What <see cref="FolderDisk"/> needs of the operating system. Where nothing else is written, as here, a file cannot give back space in
/// its middle, so that a capped log keeps its start only, and the names of new files are left to the file system.
/// </summary>
internal class FolderCalls
{
    public static FolderCalls Current { get; } = OperatingSystem.IsLinux() ? new LinuxFolderCalls() : new FolderCalls();

    public virtual bool CanPunch(SafeFileHandle file, long length) => false;

    public virtual void Punch(SafeFileHandle file, long offset, long length) => throw new PlatformNotSupportedException();

    public virtual void FlushFolder(string path) { }

    public virtual void Append(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.Open(path, new FileStreamOptions
        {
            Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0,
        });
        file.Write(bytes);
    }

    public virtual void CreateFolder(string path) => Directory.CreateDirectory(path);
}
