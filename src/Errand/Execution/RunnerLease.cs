using Errand.Storage;

namespace Errand;

/// <summary>A runner's name and the age of its last acknowledged beat, on its own monotonic clock.</summary>
internal sealed class RunnerLease(RunnerId runner, TimeProvider time, TimeSpan leaseTime)
{
    private const long Never = long.MinValue;
    private long _renewedAt = Never;
    private long _beat;
    private volatile bool _lost;

    public RunnerId Runner { get; } = runner;

    /// <summary>
    /// Whether the store knows of us and nobody can have taken over yet. A process that was frozen reads this as false before its first word.
    /// </summary>
    public bool IsFresh =>
        !_lost && Interlocked.Read(ref _renewedAt) is var renewedAt && renewedAt != Never && time.GetElapsedTime(renewedAt) < leaseTime;

    public bool IsLost => _lost;

    public RunnerBeat NextBeat(ProcessIdentity? process) => new(Runner, ++_beat, process);

    public long LastBeat => _beat;

    /// <summary>A beat was acknowledged. What counts is when it was sent: it may have been answered much later.</summary>
    public void Renew(long sentAt) => Interlocked.Exchange(ref _renewedAt, sentAt);

    public void Lose() => _lost = true;
}
