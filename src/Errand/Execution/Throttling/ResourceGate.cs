using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>
/// Open while the machine has enough of everything that has a limit. One loop looks; whoever only asks costs a read of one field.
/// </summary>
internal sealed partial class ResourceGate
{
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResourceLimit[] _limits;
    private string? _reason;
    private long? _lookedAt;
    private bool _toldOfFailure;

    public ResourceGate(ThrottleOptions options, IResourceReadings readings, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _limits = [.. LimitsOf(options, readings)];
    }

    /// <summary>Why no job is started for now; none while the gate is open.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    public bool IsClosed => Reason is not null;

    /// <summary>Looks, if the last look was a second ago. Never by two at once.</summary>
    /// <returns>Whether jobs may be started.</returns>
    public bool Look()
    {
        if (_limits.Length == 0) return true;
        if (_lookedAt is { } at && _time.GetElapsedTime(at) < LookInterval) return !IsClosed;
        _lookedAt = _time.GetTimestamp();
        bool wasClosed = IsClosed;
        string? reason = Check();
        Volatile.Write(ref _reason, reason);
        if (reason is not null && !wasClosed) Log.Closed(_logger, reason);
        else if (reason is null && wasClosed) Log.Opened(_logger);
        return reason is null;
    }

    private string? Check()
    {
        string? reason = null;
        foreach (var limit in _limits)
        {
            // All of them, because each remembers whether it was past its limit.
            if (Check(limit) is { } problem) reason = reason is null ? problem : $"{reason}; {problem}";
        }
        return reason;
    }

    private string? Check(ResourceLimit limit)
    {
        try { return limit.Check(); }
        catch (Exception e)
        {
            // Readings of somebody else's making must not hold up everything for ever.
            if (!_toldOfFailure) Log.ReadingFailed(_logger, e);
            _toldOfFailure = true;
            return null;
        }
    }

    private static IEnumerable<ResourceLimit> LimitsOf(ThrottleOptions options, IResourceReadings readings)
    {
        if (options.MaxLoad is { } load)
            yield return new(readings.LoadPerCore, load, load * (1 - options.Margin), value => $"the load is {value} per core", Number);
        if (options.MinFreeMemoryBytes is { } memory)
            yield return new(() => readings.FreeMemoryBytes(), memory, memory * (1 + options.Margin), value => $"the free memory is {value}", Size);
        if (options.MinFreeDiskBytes is not { } disk) yield break;
        double enough = disk * (1 + options.Margin);
        foreach (string folder in options.Folders)
            yield return new(() => readings.FreeDiskBytes(folder), disk, enough, value => $"the disk of '{folder}' has {value} free", Size);
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Size(double bytes)
    {
        const double mebibyte = 1024 * 1024;
        return bytes >= 1024 * mebibyte
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * mebibyte):0.##} GiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / mebibyte:0.##} MiB");
    }
}
