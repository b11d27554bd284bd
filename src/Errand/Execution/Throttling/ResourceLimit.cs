namespace Errand;

/// <summary>One limit: closed once a reading is past it, and open again only once it is better by a margin.</summary>
/// <param name="read">Takes a reading.</param>
/// <param name="closes">Past this it closes.</param>
/// <param name="opens">
/// At this, or better, it opens again. Below <paramref name="closes"/> where a reading must not be high, above it where it must not be low.
/// </param>
/// <param name="describe">Says in words what a reading is, such as "the load is 7.2 per core".</param>
/// <param name="format">Writes a reading.</param>
internal sealed class ResourceLimit(Func<double?> read, double closes, double opens, Func<string, string> describe, Func<double, string> format)
{
    private readonly bool _mustNotBeHigh = opens <= closes;
    private bool _closed;

    /// <summary>Takes a reading.</summary>
    /// <returns>Why jobs are held back, if they are.</returns>
    public string? Check()
    {
        // What cannot be read holds nothing back.
        if (read() is not { } value)
        {
            _closed = false;
            return null;
        }
        bool isPast = IsPast(value, closes);
        _closed = isPast || (_closed && IsPast(value, opens));
        if (!_closed) return null;
        string past = _mustNotBeHigh ? "above" : "below";
        return $"{describe(format(value))}, {(isPast ? $"{past} {format(closes)}" : $"still {past} {format(opens)}")}";
    }

    private bool IsPast(double value, double limit) => _mustNotBeHigh ? value > limit : value < limit;
}
