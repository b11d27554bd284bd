using System.Threading.Tasks.Sources;

namespace Errand.Sqlite;

/// <summary>
/// A request and the promise of its answer in one object, which can be used again once both the writer and whoever asked are done with it.
/// </summary>
internal abstract class WriteRequest<T> : WriteRequest, IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _answer = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _givingUp;
    private CancellationToken _cancellation;
    private int _settled;
    private int _users;

    /// <inheritdoc/>
    public sealed override bool IsGivenUp => Volatile.Read(ref _settled) != 0;

    /// <summary>What was found out, to be told after the commit.</summary>
    protected T Result { get; set; } = default!;

    /// <summary>Makes it ready to be queued. To be called once for each time that it is used.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask<T> Begin(CancellationToken cancellationToken)
    {
        _users = 2;
        _settled = 0;
        _cancellation = cancellationToken;
        var answer = new ValueTask<T>(this, _answer.Version);
        if (cancellationToken.CanBeCanceled)
            _givingUp = cancellationToken.UnsafeRegister(static request => ((WriteRequest<T>)request!).GiveUp(), this);
        return answer;
    }

    /// <inheritdoc/>
    public sealed override void Succeed()
    {
        if (Settle()) _answer.SetResult(Result);
        Leave();
    }

    /// <inheritdoc/>
    public sealed override void Fail(Exception error)
    {
        if (Settle()) _answer.SetException(error);
        Leave();
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    T IValueTaskSource<T>.GetResult(short token)
    {
        // A second look at an answer that was taken throws here, before anything is counted.
        _answer.GetStatus(token);
        try
        {
            return _answer.GetResult(token);
        }
        finally
        {
            _givingUp.Dispose();
            Leave();
        }
    }

    /// <summary>Puts the object aside for the next request.</summary>
    protected virtual void Recycle() { }

    private void GiveUp()
    {
        if (Settle()) _answer.SetException(new OperationCanceledException(_cancellation));
    }

    private bool Settle() => Interlocked.Exchange(ref _settled, 1) == 0;

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        _givingUp = default;
        _cancellation = default;
        Result = default!;
        Next = null;
        _answer.Reset();
        Recycle();
    }
}
