using Xunit;

namespace Errand.Testing.Conformance;

/// <summary>
/// What every output log must do, as tests. Derive a class from it in a test project, say how a log is made, and run it.
/// </summary>
/// <remarks>Every test gets logs of its own. The suite disposes of the logs it is given.</remarks>
public abstract partial class OutputLogConformance : IAsyncLifetime
{
    private static readonly OutputOptions Small = new() { MaxBytes = 64 * 1024, HeadBytes = 16 * 1024, PollInterval = TimeSpan.FromMilliseconds(1) };
    private readonly List<IOutputLog> _opened = [];
    private readonly SteppingClock _clock = new();
    private readonly JobId _job = JobId.New(SteppingClock.Start);

    // A net for what never ends; nothing is measured with it.
    private readonly CancellationTokenSource _tooLong = new(TimeSpan.FromMinutes(1), TimeProvider.System);
    private CancellationTokenSource? _enough;

    private CancellationToken Token =>
        (_enough ??= CancellationTokenSource.CreateLinkedTokenSource(_tooLong.Token, TestContext.Current.CancellationToken)).Token;

    /// <summary>Makes a log that is empty.</summary>
    /// <param name="options">How much it keeps.</param>
    /// <param name="time">Its clock.</param>
    protected abstract ValueTask<IOutputLog> CreateAsync(OutputOptions options, TimeProvider time);

    /// <summary>
    /// Makes another instance over the same data while the first one is in use, as another process would; nothing for a log that is its own
    /// process's alone.
    /// </summary>
    /// <param name="log">The log that is in use.</param>
    /// <param name="options">How much it keeps.</param>
    /// <param name="time">Its clock.</param>
    protected virtual ValueTask<IOutputLog?> OpenSecondAsync(IOutputLog log, OutputOptions options, TimeProvider time) => default;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (var log in _opened) await log.DisposeAsync();
        _enough?.Dispose();
        _tooLong.Dispose();
        GC.SuppressFinalize(this);
    }

    private async ValueTask<IOutputLog> LogAsync(OutputOptions? options = null)
    {
        var log = await CreateAsync(options ?? Small, _clock);
        _opened.Add(log);
        return log;
    }

    /// <summary>Another way to the same output: a second instance where the log can have one, and the same one where it cannot.</summary>
    private async ValueTask<IOutputLog> SecondAsync(IOutputLog log, OutputOptions? options = null)
    {
        // Looking now and then for what another process wrote is the one thing here that takes real time.
        if (await OpenSecondAsync(log, options ?? Small, TimeProvider.System) is not { } second) return log;
        _opened.Add(second);
        return second;
    }

    private static Random Chance()
    {
        int seed = Environment.ProcessId ^ (int)TimeProvider.System.GetTimestamp();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    /// <summary>A clock that stands still unless a test moves it.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        public static readonly DateTimeOffset Start = new(2031, 5, 17, 12, 0, 0, TimeSpan.Zero);
        private long _milliseconds;

        public override DateTimeOffset GetUtcNow() => Start.AddMilliseconds(Interlocked.Read(ref _milliseconds));

        public void Step(int milliseconds) => Interlocked.Add(ref _milliseconds, milliseconds);
    }
}
