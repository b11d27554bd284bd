namespace Errand;

/// <summary>
/// A job's output as its work writes it. What is written while the runner cannot know whether the job is still its own, because it was frozen or
/// is cut off from the store, is held back until it hears: then it goes to the log, or to nobody.
/// </summary>
internal sealed class LeasedOutputWriter(JobExecution execution, OutputWriter log, bool isOver) : OutputWriter(execution.Core.Time)
{
    private const int Bound = 1 << 20;
    private readonly Lock _lock = new();
    private readonly long? _limit = execution.Limits.OutputBytes;
    private readonly List<(OutputStream Stream, byte[] Bytes, DateTimeOffset At)> _held = [];
    private readonly long[] _adoptTo = new long[2];
    private long _heldBytes;
    private bool _isOver = isOver;

    public override long Bytes
    {
        get
        {
            lock (_lock) return log.Bytes + _heldBytes;
        }
    }

    public override StoreUnavailableException? Failure => log.Failure;

    public override string? Folder => log.Folder;

    public override string CreateFolder() => log.CreateFolder();

    public override ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!_isOver && MayWrite) Release_NeedsLock();
            _isOver = true;
        }
        return log.CompleteAsync(cancellationToken);
    }

    protected internal override void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isOver) return;
            if (MayWrite)
            {
                Release_NeedsLock();
                log.Append(stream, bytes, at);
            }
            else Hold_NeedsLock(stream, bytes, at);
        }
        KeepLimit();
    }

    protected internal override long AdoptBytes(OutputStream stream, long length, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isOver) return log.Bytes;
            if (!MayWrite)
            {
                ref long adoptTo = ref _adoptTo[(int)stream];
                adoptTo = Math.Max(adoptTo, length);
                return log.Bytes;
            }
            Release_NeedsLock();
            log.AdoptBytes(stream, length, at);
        }
        KeepLimit();
        return log.Bytes;
    }

    protected override ValueTask CloseAsync()
    {
        lock (_lock)
        {
            _isOver = true;
            _held.Clear();
        }
        return log.DisposeAsync();
    }

    private bool MayWrite => execution.Stored is not { } stored || execution.Core.Runner!.MayWrite(stored.Fence);

    private void KeepLimit()
    {
        if (_limit is { } limit && log.Bytes > limit) execution.Stop.TryStop(StopReason.OutputLimit);
    }

    private void Hold_NeedsLock(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        // Memory stays flat: the last of it is worth more than the first.
        _held.Add((stream, bytes.ToArray(), at));
        _heldBytes += bytes.Length;
        while (_heldBytes > Bound && _held.Count > 1)
        {
            _heldBytes -= _held[0].Bytes.Length;
            _held.RemoveAt(0);
        }
    }

    private void Release_NeedsLock()
    {
        foreach (var (stream, bytes, at) in _held) log.Append(stream, bytes, at);
        _held.Clear();
        _heldBytes = 0;
        for (int stream = 0; stream < _adoptTo.Length; stream++)
        {
            if (_adoptTo[stream] > 0) log.AdoptTo((OutputStream)stream, _adoptTo[stream]);
            _adoptTo[stream] = 0;
        }
    }
}
