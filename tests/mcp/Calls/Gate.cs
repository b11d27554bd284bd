namespace Errand.Mcp.Tests.Calls;

/// <summary>Lets a test decide when a tool goes on, and hear that it has begun.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passes;

    public Task Begun => _begun.Task.WaitAsync(TestContext.Current.CancellationToken);

    public int Passes => Volatile.Read(ref _passes);

    public void Open() => _opened.TrySetResult();

    public Task PassAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _passes);
        _begun.TrySetResult();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
