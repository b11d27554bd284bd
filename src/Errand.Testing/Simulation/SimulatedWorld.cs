namespace Errand.Testing;

/// <summary>
/// A world on one thread in which everything is decided by a seed: which of the pending steps of which node runs next. Time stands still
/// while anything can run, and then jumps to the next moment at which something is due. The same seed gives the same world again.
/// </summary>
/// <param name="seed">Decides everything.</param>
public sealed class SimulatedWorld(int seed)
{
    private const int MostStepsAtOneMoment = 1_000_000;
    private readonly PriorityQueue<Action, (long Due, long Order)> _events = new();
    private readonly List<SimulatedNode> _nodes = [];
    private long _order;
    private int _stepsAtOneMoment;
    private bool _running;

    /// <summary>What decided everything; print it where something went wrong.</summary>
    public int Seed { get; } = seed;

    /// <summary>The world's chance, for those who make up what happens in it.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The true time, as ticks since the world began. Wall clocks of nodes may differ from it.</summary>
    public long Ticks { get; private set; }

    /// <summary>The true time since the world began.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Ticks);

    internal int NodeCount => _nodes.Count;

    /// <summary>Adds a node: a process of its own, with its own clock and its own pending steps.</summary>
    /// <param name="name">A name, for reports.</param>
    public SimulatedNode AddNode(string name)
    {
        var node = new SimulatedNode(this, _nodes.Count + 1, name);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Does something when a time has passed, outside every node: a crash, a thaw, a person.</summary>
    /// <param name="after">How long from now.</param>
    /// <param name="happens">What happens.</param>
    public void Schedule(TimeSpan after, Action happens) => At(Ticks + after.Ticks, happens);

    /// <summary>Runs until nothing is left to run at this moment; time does not pass.</summary>
    public void RunToIdle() => Pump(static () => false, Ticks);

    /// <summary>Lets time pass, and runs everything that comes due on the way.</summary>
    /// <param name="time">How much.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        long until = Ticks + time.Ticks;
        Pump(static () => false, until);
        Ticks = until;
    }

    /// <summary>Runs, and lets time pass where needed, until something holds.</summary>
    /// <param name="done">What is to hold.</param>
    /// <param name="limit">How much time may pass.</param>
    /// <returns>Whether it holds.</returns>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        Pump(done, Ticks + limit.Ticks);
        return done();
    }

    /// <summary>Starts something on a node and runs the world until it has ended.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="node">The node.</param>
    /// <param name="work">What to run.</param>
    /// <param name="limit">How much time may pass. Default: an hour.</param>
    public T Run<T>(SimulatedNode node, Func<ValueTask<T>> work, TimeSpan? limit = null)
    {
        Task<T>? task = null;
        node.Post(() => task = AwaitAsync(work));
        if (!RunUntil(() => task is { IsCompleted: true }, limit ?? TimeSpan.FromHours(1)))
            throw new TimeoutException($"It did not end within {limit ?? TimeSpan.FromHours(1)} of simulated time (seed {Seed}).");
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>Starts something on a node and runs the world until it has ended.</summary>
    /// <param name="node">The node.</param>
    /// <param name="work">What to run.</param>
    /// <param name="limit">How much time may pass. Default: an hour.</param>
    public void Run(SimulatedNode node, Func<ValueTask> work, TimeSpan? limit = null) => Run(node, async () =>
    {
        await work();
        return true;
    }, limit);

    /// <summary>An id that the seed decides.</summary>
    internal JobId NewId(DateTimeOffset at)
    {
        Span<byte> random = stackalloc byte[16];
        Random.NextBytes(random);
        return JobId.From(at, random);
    }

    internal bool IsDead(int number) => _nodes[number - 1].IsDead;

    // Awaited on the node: what a value task ends with would else come by the thread pool.
    internal static async Task<T> AwaitAsync<T>(Func<ValueTask<T>> work) => await work();

    internal void At(long due, Action happens) => _events.Enqueue(happens, (Math.Max(due, Ticks), _order++));

    private void Pump(Func<bool> done, long until)
    {
        if (_running) throw new InvalidOperationException("The world is running already: steps must not run it.");
        _running = true;
        try
        {
            while (!done())
            {
                if (++_stepsAtOneMoment > MostStepsAtOneMoment)
                    throw new InvalidOperationException($"The world goes round in circles (seed {Seed}, {Elapsed}).");
                // All that is due at one moment becomes pending before any of it runs: what runs first is a chance.
                while (_events.TryPeek(out _, out var due) && due.Due <= Ticks) _events.Dequeue()();
                if (TakeStep()) continue;
                if (!_events.TryPeek(out _, out var next) || next.Due > until) return;
                _stepsAtOneMoment = 0;
                Ticks = next.Due;
            }
        }
        finally
        {
            _running = false;
        }
    }

    private bool TakeStep()
    {
        int pending = 0;
        foreach (var node in _nodes) pending += node.Runnable;
        if (pending == 0) return false;
        int choice = Random.Next(pending);
        foreach (var node in _nodes)
        {
            if (choice >= node.Runnable)
            {
                choice -= node.Runnable;
                continue;
            }
            Steps++;
            node.RunOne(choice);
            return true;
        }
        return false;
    }
}
