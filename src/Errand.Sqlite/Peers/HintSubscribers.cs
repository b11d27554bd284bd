using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Those in this process who want to be called back after writes.</summary>
internal sealed class HintSubscribers
{
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];

    public IDisposable Add(Action<JobHint> hinted)
    {
        var subscription = new Subscription(this, hinted);
        lock (_lock) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    public void Raise(IReadOnlyList<JobHint> hints)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
            for (int i = 0; i < hints.Count; i++) subscription.Hinted(hints[i]);
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock) _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
    }

    private sealed class Subscription(HintSubscribers subscribers, Action<JobHint> hinted) : IDisposable
    {
        public Action<JobHint> Hinted { get; } = hinted;

        public void Dispose() => subscribers.Remove(this);
    }
}
