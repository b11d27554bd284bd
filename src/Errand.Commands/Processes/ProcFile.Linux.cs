using System.Text;

namespace Errand.Commands;

/// <summary>
/// Reads small files of /proc by three system calls each. The runtime's own files ask for their size and lock first, which made a look at all
/// processes three times as long.
/// </summary>
internal static unsafe class ProcFile
{
    private const int LongestPath = 64;

    /// <summary>Reads /proc/PID/NAME.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">The file, as "stat"u8.</param>
    /// <param name="into">Where to; what does not fit is left out.</param>
    /// <returns>What was read: nothing when the process has ended or may not be looked at.</returns>
    public static ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> name, Span<byte> into)
    {
        byte* path = stackalloc byte[LongestPath];
        if (!Encoding.UTF8.TryGetBytes("/proc/", new(path, LongestPath), out int length)) return [];
        if (!pid.TryFormat(new Span<byte>(path + length, LongestPath - length), out int digits)) return [];
        length += digits;
        path[length++] = (byte)'/';
        name.CopyTo(new(path + length, LongestPath - length - 1));
        path[length + name.Length] = 0;

        return Read(path, into);
    }

    /// <summary>Reads the file of a path that ends with a zero, as "/proc/loadavg\0"u8.</summary>
    /// <param name="path">The path.</param>
    /// <param name="into">Where to; what does not fit is left out.</param>
    /// <returns>What was read.</returns>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> path, Span<byte> into)
    {
        fixed (byte* start = path) return Read(start, into);
    }

    private static ReadOnlySpan<byte> Read(byte* path, Span<byte> into)
    {
        int file = NativeProcess.OpenToRead(path);
        if (file < 0) return [];
        int read = 0;
        fixed (byte* start = into)
            // The kernel may give less than there is at once.
            while (read < into.Length && NativeProcess.Read(file, start + read, into.Length - read) is > 0 and var more) read += (int)more;
        _ = NativeProcess.Close(file);
        return into[..read];
    }
}
