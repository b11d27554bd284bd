namespace Errand.Testing;

/// <summary>The scheduler of a simulated node: all work is a pending step of the node.</summary>
internal sealed class SimulatedScheduler(SimulatedNode node) : WorkScheduler
{
    public override void Queue(Action work) => node.Post(work);

    public override void QueueBlocking(Action work) => node.Post(work);

    public override WorkLoop CreateLoop(string name, Action drain) => new Loop(node, drain);

    private sealed class Loop(SimulatedNode node, Action drain) : WorkLoop
    {
        private bool _signalled;
        private bool _disposed;

        public override void Signal()
        {
            if (_signalled || _disposed) return;
            _signalled = true;
            node.Post(() =>
            {
                _signalled = false;
                if (!_disposed) drain();
            });
        }

        public override void Dispose() => _disposed = true;
    }
}
