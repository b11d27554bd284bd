namespace Errand.Testing;

/// <summary>A process in a simulated world: its clock, its scheduler, and its pending steps. It can be frozen, thawed and killed.</summary>
public sealed class SimulatedNode
{
    private readonly Lock _lock = new();
    private readonly List<Action> _pending = [];
    private readonly NodeContext _context;

    internal SimulatedNode(SimulatedWorld world, int number, string name)
    {
        World = world;
        Number = number;
        Name = name;
        _context = new NodeContext(this);
        Time = new SimulatedTime(this);
        Scheduler = new SimulatedScheduler(this);
    }

    /// <summary>The world it lives in.</summary>
    public SimulatedWorld World { get; }

    /// <summary>A name, for reports.</summary>
    public string Name { get; }

    /// <summary>Tells it apart from the other nodes of its world.</summary>
    internal int Number { get; }

    /// <summary>Its clock.</summary>
    public SimulatedTime Time { get; }

    /// <summary>Its scheduler.</summary>
    public WorkScheduler Scheduler { get; }

    /// <summary>Whether it was killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether it is frozen: it does nothing, and does not know it.</summary>
    public bool IsFrozen { get; private set; }

    internal int Runnable
    {
        get
        {
            lock (_lock) return IsFrozen ? 0 : _pending.Count;
        }
    }

    /// <summary>Runs something on the node soon. Any thread may ask for it: what was awaited outside the world comes back here.</summary>
    /// <param name="step">What to run.</param>
    public void Post(Action step)
    {
        lock (_lock)
            if (!IsDead) _pending.Add(step);
    }

    /// <summary>Kills the process: what is pending never runs, and nothing is said to anybody.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            IsDead = true;
            _pending.Clear();
        }
    }

    /// <summary>Freezes the process, as SIGSTOP does. Its clocks go on.</summary>
    public void Freeze() => IsFrozen = true;

    /// <summary>Thaws the process, as SIGCONT does.</summary>
    public void Thaw() => IsFrozen = false;

    /// <summary>Lets others go first: goes on at a moment that the seed decides.</summary>
    public Task YieldAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(turn.SetResult);
        return turn.Task;
    }

    internal void RunOne(int index)
    {
        Action step;
        lock (_lock)
        {
            step = _pending[index];
            // Order among the rest does not matter: the next choice is a chance too.
            _pending[index] = _pending[^1];
            _pending.RemoveAt(_pending.Count - 1);
        }
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try { step(); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
    }

    private sealed class NodeContext(SimulatedNode node) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => node.Post(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in a simulated node may block.");
    }
}
