using System.Text.Json;

namespace Errand.Sqlite;

/// <summary>A cap of a job, as JSON.</summary>
internal sealed record StoredCap(
    string Name,
    int? Running,
    int? Queued,
    StoredRate? Rate)
{
    // Jobs that share a cap come one after another, and each of them is read several times.
    private static volatile ReadCaps _last = new([], []);

    public static byte[] Write(IReadOnlyList<JobCap> caps) => JsonSerializer.SerializeToUtf8Bytes(Of(caps), JobJson.Readable.StoredCapArray);

    public static IReadOnlyList<JobCap> Read(ReadOnlySpan<byte> text)
    {
        var last = _last;
        if (text.SequenceEqual(last.Text)) return last.Caps;
        JobCap[] caps = [.. JsonSerializer.Deserialize(text, JobJson.Readable.StoredCapArray)!.Select(cap => cap.ToCap())];
        _last = new(text.ToArray(), caps);
        return caps;
    }

    public static StoredCap[] Of(IReadOnlyList<JobCap> caps) => [.. caps.Select(cap =>
        new StoredCap(cap.Name, cap.Size.Running, cap.Size.Queued, cap.Size.Rate is { } rate ? StoredRate.Of(rate) : null))];

    public JobCap ToCap() => new(Name, new() { Running = Running, Queued = Queued, Rate = Rate?.ToRate() });

    private sealed record ReadCaps(byte[] Text, IReadOnlyList<JobCap> Caps);
}

/// <summary>A rate, as JSON. The period is in units of 100 ns, so that it comes back exactly.</summary>
internal sealed record StoredRate(int Count, long Period, int Burst)
{
    public static StoredRate Of(JobRate rate) => new(rate.Count, rate.Period.Ticks, rate.Burst);

    public JobRate ToRate() => new(Count, TimeSpan.FromTicks(Period)) { Burst = Burst };
}

/// <summary>The parts of a spec that no statement looks at, as JSON.</summary>
internal sealed record StoredMore(
    StoredDependency[]? After,
    StoredCap[]? Caps,
    JobNotice[]? Notify,
    bool? Held)
{
    /// <summary>Those of a spec; none where there is nothing to say.</summary>
    public static StoredMore? Of(JobSpec spec) => spec is { After.Count: 0, Caps.Count: 0, Notify.Count: 0, Held: false } ? null : new(
        spec.After.Count == 0 ? null : [.. spec.After.Select(dependency => new StoredDependency(dependency.Job.ToString(), dependency.OnAnyEnd))],
        spec.Caps.Count == 0 ? null : StoredCap.Of(spec.Caps),
        spec.Notify.Count == 0 ? null : [.. spec.Notify],
        spec.Held ? true : null);
}

/// <summary>A job that comes before, as JSON.</summary>
internal sealed record StoredDependency(string Job, bool OnAnyEnd)
{
    public JobDependency ToDependency() => new(JobId.Parse(Job), OnAnyEnd);
}
