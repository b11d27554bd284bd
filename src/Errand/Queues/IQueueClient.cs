namespace Errand;

/// <summary>What may start and what may come in, over all processes that share the store.</summary>
public interface IQueueClient
{
    /// <summary>No queued job is started from now on; what runs goes on, and jobs may still be submitted.</summary>
    /// <param name="kind">Of which kind; of all where it is absent.</param>
    /// <param name="by">Who pauses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask PauseAsync(string? kind, string by, CancellationToken cancellationToken = default);

    /// <summary>No more jobs are taken from now on (<see cref="QueueDrainingException"/>); those that are there are run.</summary>
    /// <param name="kind">Of which kind; of all where it is absent.</param>
    /// <param name="by">Who drains.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask DrainAsync(string? kind, string by, CancellationToken cancellationToken = default);

    /// <summary>Ends a pause and a drain.</summary>
    /// <param name="kind">Of which kind; of all, each by itself included, where it is absent.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask ResumeAsync(string? kind, CancellationToken cancellationToken = default);

    /// <summary>The kinds that are paused or drained.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<QueueGate>> GatesAsync(CancellationToken cancellationToken = default);

    /// <summary>The caps that live jobs stand under, and how far they are used.</summary>
    /// <param name="prefix">What their names begin with, such as <c>owner/</c>.</param>
    /// <param name="after">Go on after this name.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<CapUse>> CapsAsync(
        string prefix = "", string? after = null, int limit = 100, CancellationToken cancellationToken = default);
}

/// <summary>That a kind, or all, are paused or drained.</summary>
/// <param name="Kind">The kind; empty where all are.</param>
/// <param name="State">Which of the two.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
public sealed record QueueGate(string Kind, QueueGateState State, string By, DateTimeOffset At);

/// <summary>What a gate holds up.</summary>
public enum QueueGateState
{
    /// <summary>Starts.</summary>
    Paused,

    /// <summary>Submits.</summary>
    Draining,
}
