using System.Globalization;

namespace Errand.Commands;

/// <summary>The first limit that a command went past.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Measured">How much it was: milliseconds, bytes or processes. The limit itself where the kernel refused more.</param>
/// <param name="Limit">How much it may be.</param>
internal sealed record ExceededLimit(ExceededLimitKind Kind, long Measured, long Limit)
{
    /// <summary>For people, as the end of "The command …".</summary>
    public string Description => Kind switch
    {
        ExceededLimitKind.CpuTime => $"used {Seconds(Measured)} s of processor time, past its limit of {Seconds(Limit)} s",
        ExceededLimitKind.Memory => $"took {Measured:N0} bytes of memory, past its limit of {Limit:N0}",
        ExceededLimitKind.FileSize => $"wrote more into one file than its limit of {Limit:N0} bytes",
        _ => $"had {Measured:N0} processes and threads, or wanted more, past its limit of {Limit:N0}",
    };

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>What is limited for a command.</summary>
internal enum ExceededLimitKind
{
    CpuTime,
    Memory,
    Processes,
    FileSize,
}
