namespace Errand.Storage;

/// <summary>Who wants to be called back after writes.</summary>
internal sealed class HintSubscribers
{
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];

    /// <summary>A list to note hints in, while anybody listens.</summary>
    /// <remarks>
    /// To be asked under the store's lock: whoever subscribes and then reads either finds the write in the store or is found here.
    /// </remarks>
    public List<JobHint>? Collect() => Volatile.Read(ref _subscriptions).Length > 0 ? [] : null;

    public IDisposable Add(Action<JobHint> hinted)
    {
        var subscription = new Subscription(this, hinted);
        lock (_lock) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    public void Raise(List<JobHint>? hints)
    {
        if (hints is null) return;
        foreach (var subscription in Volatile.Read(ref _subscriptions))
            foreach (var hint in hints) subscription.Hinted(hint);
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
