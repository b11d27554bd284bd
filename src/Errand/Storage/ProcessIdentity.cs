using System.Globalization;
using System.Text.Json.Serialization;

namespace Errand.Storage;

/// <summary>A process, told apart from every other that ever had its number.</summary>
/// <param name="BootId">The boot of the host it runs on.</param>
/// <param name="ProcessId">Its number.</param>
/// <param name="StartTime">When it started, in ticks since boot.</param>
public sealed record ProcessIdentity(string BootId, int ProcessId, long StartTime)
{
    private const int StartTimeField = 22;

    /// <summary>The boot of this host, and the name space of process numbers in it; absent where the system does not tell.</summary>
    public static string? ThisBoot { get; } = ReadBootId();

    /// <summary>This process, where the system tells.</summary>
    public static ProcessIdentity? Current { get; } = Find(Environment.ProcessId);

    /// <summary>
    /// Whether the process is known to be gone. Unknown means no: another boot may be another host, which only time can tell of.
    /// </summary>
    [JsonIgnore]
    public bool IsGone => ThisBoot is not null && BootId == ThisBoot && StartTimeOf(ProcessId) != StartTime;

    /// <summary>The live process of this host that has a number; none where there is none, or where the system does not tell.</summary>
    /// <param name="processId">The number.</param>
    public static ProcessIdentity? Find(int processId) =>
        ThisBoot is { } boot && StartTimeOf(processId) is { } start ? new(boot, processId, start) : null;

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
