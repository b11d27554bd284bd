namespace Errand.Testing;

/// <summary>How much goes wrong in a simulated world.</summary>
public sealed record FaultOptions
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultOptions None { get; } = new() { Crashes = 0, Freezes = 0, ClockJumps = 0, StoreErrors = 0, LostHints = 0 };

    /// <summary>How many processes are killed, each at a store write that the seed picks, before or after it is done. Default: 2.</summary>
    public int Crashes { get; init; } = 2;

    /// <summary>How many processes are frozen for a while, some for longer than their lease. Default: 2.</summary>
    public int Freezes { get; init; } = 2;

    /// <summary>How many wall clocks jump by up to an hour either way. Default: 1.</summary>
    public int ClockJumps { get; init; } = 1;

    /// <summary>How many of a hundred store calls fail, half of them after they were done. Default: 1.</summary>
    public int StoreErrors { get; init; } = 1;

    /// <summary>How many of a hundred wake-ups are lost. Default: 30.</summary>
    public int LostHints { get; init; } = 30;
}

/// <summary>What goes wrong with one store call.</summary>
internal enum Fault
{
    None,
    ErrorBefore,
    ErrorAfter,
    CrashBefore,
    CrashAfter,
}

/// <summary>Decides what goes wrong where.</summary>
internal sealed class FaultPlan(Random random, FaultOptions options)
{
    // Writes of the first seconds are where things happen; a crash falls on one of them. Every second one may come later, when others clean up.
    private readonly HashSet<int> _crashes = [.. Enumerable.Range(0, options.Crashes).Select(crash => random.Next(4, crash % 2 == 0 ? 120 : 240))];
    private int _writes;
    private bool _calm;

    /// <summary>From now on nothing goes wrong any more, so that the world can come to rest.</summary>
    public void CalmDown() => _calm = true;

    public Fault ForWrite()
    {
        if (_calm) return Fault.None;
        if (_crashes.Contains(++_writes)) return random.Next(2) == 0 ? Fault.CrashBefore : Fault.CrashAfter;
        return ForRead() == Fault.None ? Fault.None : random.Next(2) == 0 ? Fault.ErrorBefore : Fault.ErrorAfter;
    }

    public Fault ForRead() => !_calm && random.Next(100) < options.StoreErrors ? Fault.ErrorBefore : Fault.None;

    public bool LosesHint() => !_calm && random.Next(100) < options.LostHints;
}
