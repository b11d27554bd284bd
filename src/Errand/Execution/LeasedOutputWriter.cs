namespace Errand;

/// <summary>
/// The log of a job that a runner holds. Once the runner's lease has run out, as it has when a process wakes that was frozen, another may
/// have the job: what is written then is held back until the lease is renewed, and dropped when it was lost.
/// </summary>
/// <remarks>
/// What is more than <see cref="Bound"/> goes to the log all the same: it is written by work that goes on while the store cannot be reached,
/// and memory stays bounded.
/// </remarks>
internal sealed class LeasedOutputWriter(OutputWriter log, RunnerLease lease, TimeProvider time) : OutputWriter(time)
{
    public const int Bound = 1 << 20;

    private readonly Lock _lock = new();
    private List<Held>? _held;
    private int _length;
    private bool _isEnded;

    public override long Bytes
    {
        get { lock (_lock) return log.Bytes + _length; }
    }

    public override StoreUnavailableException? Failure => log.Failure;

    /// <summary>Whether the log can only be ended once the store has said whose the job is.</summary>
    public bool IsInDoubt => !lease.IsFresh;

    /// <summary>Ends the log with all that was held back.</summary>
    public override ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!_isEnded) LetThrough_NeedsLock();
            _isEnded = true;
        }
        return log.CompleteAsync(cancellationToken);
    }

    protected internal override void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isEnded) return;
            if (IsInDoubt && _length + bytes.Length <= Bound)
            {
                (_held ??= []).Add(new(stream, bytes.ToArray(), at));
                _length += bytes.Length;
                return;
            }
            LetThrough_NeedsLock();
            log.Append(stream, bytes, at);
        }
    }

    /// <summary>Lets go of the log; what was held back is dropped.</summary>
    protected override ValueTask CloseAsync()
    {
        lock (_lock)
        {
            _isEnded = true;
            _held = null;
            _length = 0;
        }
        return log.DisposeAsync();
    }

    private void LetThrough_NeedsLock()
    {
        if (_held is null) return;
        foreach (var held in _held) log.Append(held.Stream, held.Bytes, held.At);
        _held = null;
        _length = 0;
    }

    private readonly record struct Held(OutputStream Stream, byte[] Bytes, DateTimeOffset At);
}
