namespace Errand.Chaos.Tests.Storm;

/// <summary>A count that one can wait for.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, int> _waiting = new();

    public int Value { get; private set; }

    public void Add()
    {
        lock (_lock)
        {
            Value++;
            while (_waiting.TryPeek(out var reached, out int value) && value <= Value)
            {
                _waiting.Dequeue();
                reached.TrySetResult();
            }
        }
    }

    public Task ReachesAsync(int value)
    {
        lock (_lock)
        {
            if (Value >= value) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(reached, value);
            return reached.Task;
        }
    }
}
