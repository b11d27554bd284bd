using System.Globalization;
using Errand.Storage;

namespace Errand;

/// <summary>Tells processes of this host apart, so that the runner of one that has died lapses at once and not after its lease.</summary>
internal interface IHostProcesses
{
    /// <summary>This process, where the host tells.</summary>
    ProcessIdentity? Current { get; }

    /// <summary>Whether the process is known to be gone. Unknown means no.</summary>
    bool IsGone(ProcessIdentity process);
}

/// <summary>Reads /proc; elsewhere nothing is known, and runners lapse by their leases.</summary>
internal sealed class ProcFileSystem : IHostProcesses
{
    private const int StartTimeField = 22;
    private readonly string? _bootId = ReadBootId();

    // It never changes, and every beat tells it.
    public ProcFileSystem() =>
        Current = _bootId is not null && StartTimeOf(Environment.ProcessId) is { } start ? new(_bootId, Environment.ProcessId, start) : null;

    public ProcessIdentity? Current { get; }

    public bool IsGone(ProcessIdentity process)
    {
        // Another boot id may be another host that shares the store: only its lease can tell.
        if (_bootId is null || process.BootId != _bootId) return false;
        return StartTimeOf(process.ProcessId) != process.StartTime;
    }

    private static string? ReadBootId()
    {
        try { return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + PidNamespace(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    // Containers share the boot id but not the process numbers.
    private static string PidNamespace() => new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";

    private static long? StartTimeOf(int processId)
    {
        try
        {
            // The second field is the program's name in parentheses and may hold spaces: count from the last ')'.
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            string[] rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            bool dead = rest[0] is "Z" or "X";
            return dead ? null : long.Parse(rest[StartTimeField - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }
}
