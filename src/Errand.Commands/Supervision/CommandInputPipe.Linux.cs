using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>The standard input of a command that can be written to while it runs, by any process of this host that may reach its folder.</summary>
internal static partial class CommandInputPipe
{
    private const uint OwnerOnly = 0x180;
    private const int WriteOnly = 0x1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int WouldBlock = 11;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);

    public static void Create(CommandFolder folder)
    {
        if (mkfifo(folder.OpenInput, OwnerOnly) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Writes all of it, as fast as the command reads.</summary>
    /// <returns>Whether the command could be written to: its input may be closed, or it has ended.</returns>
    public static async ValueTask<bool> WriteAsync(
        CommandFolder folder, ReadOnlyMemory<byte> bytes, TimeProvider time, CancellationToken cancellationToken)
    {
        using var pipe = await OpenAsync(folder, time, cancellationToken);
        if (pipe is null) return false;
        while (!bytes.IsEmpty)
        {
            int written = Write(pipe, bytes.Span);
            if (written < 0 && Marshal.GetLastPInvokeError() != WouldBlock) return false;
            if (written < 0) await Task.Delay(Pause, time, cancellationToken);
            else bytes = bytes[written..];
        }
        return true;
    }

    private static async ValueTask<SafeFileHandle?> OpenAsync(CommandFolder folder, TimeProvider time, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        while (true)
        {
            // Without waiting: a reader that is gone would be waited for, for ever.
            int descriptor = open(folder.OpenInput, WriteOnly | NonBlocking | CloseOnExec);
            if (descriptor >= 0) return new(descriptor, ownsHandle: true);
            // The pipe is made before the command begins, and goes when its input ends.
            if (!File.Exists(folder.OpenInput) || time.GetElapsedTime(startedAt) > StartTime) return null;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static unsafe int Write(SafeFileHandle pipe, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return (int)write(pipe, start, bytes.Length);
    }

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeHandle descriptor, byte* buffer, nint length);
#pragma warning restore IDE1006
}
