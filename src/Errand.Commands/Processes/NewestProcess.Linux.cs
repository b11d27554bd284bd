using System.Buffers.Text;

namespace Errand.Commands;

/// <summary>The number that the system has given out last. Numbers rise, until they begin anew at the system's highest.</summary>
internal static class NewestProcess
{
    private const int LineLength = 128;

    /// <summary>The last number, or 0 where the system does not tell.</summary>
    public static int Number
    {
        get
        {
            var line = ProcFile.Read("/proc/loadavg\0"u8, stackalloc byte[LineLength]);
            return Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int number, out _) ? number : 0;
        }
    }

    /// <summary>Whether a number is a process's: threads have numbers too, and can be read like processes by who knows them.</summary>
    /// <param name="pid">The number.</param>
    public static bool IsProcess(int pid)
    {
        int descriptor = NativeProcess.OpenProcess(pid);
        if (descriptor < 0) return false;
        _ = NativeProcess.Close(descriptor);
        return true;
    }
}
