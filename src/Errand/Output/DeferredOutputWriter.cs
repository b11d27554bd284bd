namespace Errand;

/// <summary>
/// The output of a call that its caller still waits for. It is held in memory, so that a call that is answered in time leaves no trace;
/// promotion moves it to the log with the times it was written at, and goes on there. A writer that nobody writes to costs nothing.
/// </summary>
/// <remarks>
/// What is more than <see cref="Bound"/> goes to the log before the promotion, under an id that nobody knows yet: nothing is lost, memory
/// stays bounded, and <see cref="DiscardAsync"/> removes it. A process that dies in between leaves a log without a job, which is swept.
/// </remarks>
internal sealed class DeferredOutputWriter(IOutputLog log, JobId job, int attempt, TimeProvider time) : OutputWriter(time)
{
    public const int Bound = 1 << 20;
    private const int HeldSize = 32;

    private readonly Lock _lock = new();
    private List<Held>? _held;
    private byte[] _bytes = [];
    private int _length;
    private OutputWriter? _inner;
    private bool _isPromoted;
    private bool _isEnded;

    public override long Bytes
    {
        get { lock (_lock) return _inner?.Bytes ?? _length; }
    }

    public override StoreUnavailableException? Failure
    {
        get { lock (_lock) return _inner?.Failure; }
    }

    /// <summary>A process may write to the files from now on, so that nothing is held in memory any more.</summary>
    public override string? Folder
    {
        get { lock (_lock) return _isEnded ? _inner?.Folder : OpenInner_NeedsLock().Folder; }
    }

    /// <summary>Moves what was written to the log; everything after goes there, too.</summary>
    public void Promote()
    {
        lock (_lock)
        {
            if (_isEnded || _isPromoted) return;
            _isPromoted = true;
            if (_length > 0) MoveToLog_NeedsLock();
        }
    }

    /// <summary>Ends output that nobody will ask for. After a promotion it does nothing.</summary>
    public async ValueTask DiscardAsync()
    {
        OutputWriter? inner;
        lock (_lock)
        {
            if (_isPromoted || _isEnded) return;
            _isEnded = true;
            Forget_NeedsLock();
            inner = _inner;
        }
        if (inner is null) return;
        await inner.DisposeAsync();
        try
        {
            await log.DeleteAsync(job);
        }
        catch (StoreUnavailableException)
        {
            // No job has this id: the log is swept with the others that none has.
        }
    }

    public override string CreateFolder()
    {
        lock (_lock)
        {
            if (_isEnded) throw new OperationCanceledException("The call is over, and its output is not kept.");
            return OpenInner_NeedsLock().CreateFolder();
        }
    }

    /// <summary>Ends the log. Without a promotion there is none, and what was written is discarded.</summary>
    public override async ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default)
    {
        OutputWriter? inner;
        long bytes = Bytes;
        lock (_lock)
        {
            inner = _isPromoted ? _inner ??= log.Open(job, attempt) : null;
        }
        if (inner is not null) return await inner.CompleteAsync(cancellationToken);
        await DiscardAsync();
        return new(bytes, 0, null);
    }

    protected internal override void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        OutputWriter inner;
        lock (_lock)
        {
            if (_isEnded) return;
            if (_isPromoted) _inner ??= log.Open(job, attempt);
            if (_inner is null && TryHold_NeedsLock(stream, bytes, at)) return;
            if (_inner is null) MoveToLog_NeedsLock();
            inner = _inner!;
        }
        inner.Append(stream, bytes, at);
    }

    protected internal override long AdoptBytes(OutputStream stream, long length, DateTimeOffset at)
    {
        OutputWriter inner;
        lock (_lock)
        {
            if (_isEnded) return _inner?.Bytes ?? 0;
            inner = OpenInner_NeedsLock();
        }
        return inner.AdoptBytes(stream, length, at);
    }

    protected override async ValueTask CloseAsync()
    {
        await DiscardAsync();
        OutputWriter? inner;
        lock (_lock)
        {
            _isEnded = true;
            inner = _inner;
        }
        if (inner is not null) await inner.DisposeAsync();
    }

    private bool TryHold_NeedsLock(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        _held ??= [];
        if (_length + bytes.Length + (_held.Count * HeldSize) > Bound) return false;
        if (_length + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, Math.Max(256, _bytes.Length * 2)));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        if (_held.Count > 0 && _held[^1] is var last && last.Stream == stream && last.At.ToUnixTimeMilliseconds() == at.ToUnixTimeMilliseconds())
            _held[^1] = last with { Length = last.Length + bytes.Length };
        else
            _held.Add(new(at, stream, bytes.Length));
        return true;
    }

    private OutputWriter OpenInner_NeedsLock()
    {
        if (_inner is null) MoveToLog_NeedsLock();
        return _inner!;
    }

    private void MoveToLog_NeedsLock()
    {
        var inner = log.Open(job, attempt);
        int start = 0;
        foreach (var held in _held ?? [])
        {
            inner.Append(held.Stream, _bytes.AsSpan(start, held.Length), held.At);
            start += held.Length;
        }
        Forget_NeedsLock();
        _inner = inner;
    }

    private void Forget_NeedsLock()
    {
        _held = null;
        _bytes = [];
        _length = 0;
    }

    private readonly record struct Held(DateTimeOffset At, OutputStream Stream, int Length);
}
