using System.Buffers.Text;

namespace Errand.Commands;

/// <summary>How much memory a process holds that would have to be given back.</summary>
internal static class ProcessMemory
{
    private const int StatusLength = 4096;
    private const int Kilo = 1024;

    /// <summary>Its own and shared memory in bytes. What it shares with its parent since a fork is counted for both.</summary>
    /// <param name="pid">The process.</param>
    public static long Resident(int pid)
    {
        var status = ProcFile.Read(pid, "status"u8, stackalloc byte[StatusLength]);
        return Field(status, "\nRssAnon:"u8) + Field(status, "\nRssShmem:"u8);
    }

    /// <summary>
    /// Its part of the memory in bytes: what several hold is divided among them. It takes a walk over all pages, which is why only a limit that
    /// seems to be passed is worth it.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <returns>The bytes, or null when they cannot be told: it is another user's, or has ended.</returns>
    public static long? Proportional(int pid)
    {
        var rollup = ProcFile.Read(pid, "smaps_rollup"u8, stackalloc byte[StatusLength]);
        return rollup.IndexOf("\nPss_Anon:"u8) < 0 ? null : Field(rollup, "\nPss_Anon:"u8) + Field(rollup, "\nPss_Shmem:"u8);
    }

    private static long Field(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> name)
    {
        int at = lines.IndexOf(name);
        if (at < 0) return 0;
        var value = lines[(at + name.Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(value, out long kilobytes, out _) ? kilobytes * Kilo : 0;
    }
}
