namespace Errand.Storage;

/// <summary>A cap, how far it is used, and the line of those whom it does not let start.</summary>
internal sealed class CapLine(JobCap cap)
{
    private readonly Dictionary<string, JobLine> _lines = [];

    public JobCap Cap { get; set; } = cap;

    public int Running { get; set; }

    public int Queued { get; set; }

    /// <summary>From when on its rate lets the next one start.</summary>
    public DateTimeOffset FreeAt { get; private set; }

    public bool HasRoom => Cap.Size.Running is not { } most || Running < most;

    /// <summary>How many stand in its line.</summary>
    public int Waiting => _lines.Values.Sum(line => line.Count);

    public bool Lets(DateTimeOffset now) => HasRoom && (Cap.Size.Rate is null || FreeAt <= now);

    /// <summary>Whether one more would have to stand behind others.</summary>
    public bool IsCrowded => !HasRoom || _lines.Values.Any(line => line.Count > 0);

    public void CountStart(DateTimeOffset now)
    {
        if (Cap.Size.Rate is { } rate) FreeAt = rate.NextAfter(FreeAt, now);
    }

    public JobLine Of(string kind)
    {
        if (!_lines.TryGetValue(kind, out var line)) _lines.Add(kind, line = new());
        return line;
    }

    public StoredJob? FirstOf(string kind) => _lines.GetValueOrDefault(kind)?.First;

    public int CountBefore(StoredJob job, int limit)
    {
        int count = 0;
        foreach (var line in _lines.Values) count += line.CountBefore(job, limit - count);
        return count;
    }
}
