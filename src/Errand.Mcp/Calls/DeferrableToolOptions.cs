namespace Errand.Mcp;

/// <summary>
/// How the calls of one tool are handed over. What is not set is as the tool's <see cref="DeferrableAttribute"/> or the server says.
/// </summary>
public sealed record DeferrableToolOptions
{
    /// <summary>
    /// How long a caller waits before the call is handed over; zero hands over at once, <see cref="Timeout.InfiniteTimeSpan"/> waits to the end.
    /// </summary>
    public TimeSpan? AsyncTimeout { get; init; }

    /// <summary>Whether a call may name its own <c>asyncTimeout</c>, <c>_async_response_format</c> and <c>_async_strict</c>.</summary>
    public bool? CallerDecides { get; init; }

    /// <summary>How much a handle says to clients without tasks.</summary>
    public ResponseDetail? Detail { get; init; }

    /// <summary>Whether clients without tasks get the error <c>ASYNC_TIMEOUT</c> with the handle, instead of a result with it.</summary>
    public bool? Strict { get; init; }

    /// <summary>Whether the tool is offered only to clients that follow tasks.</summary>
    public bool? TaskOnly { get; init; }

    /// <summary>What becomes of a call whose client gives up before it was handed over.</summary>
    public OnAbandon? OnAbandon { get; init; }

    /// <summary>Whether a call that was cut off by the death of its process may run again from its start.</summary>
    public bool? Restartable { get; init; }

    /// <summary>Whether identical calls of one owner share one job.</summary>
    public JobReuse? Reuse { get; init; }

    /// <summary>Identical calls share a job only within one namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>How long the tool may run.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>What happens after a failed call that was handed over.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>How many calls of the tool may run at once, over all processes.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>How long the result of a call that was handed over is kept.</summary>
    public TimeSpan? KeepFor { get; init; }

    internal DeferrableToolOptions Over(DeferrableToolOptions other) => new()
    {
        AsyncTimeout = AsyncTimeout ?? other.AsyncTimeout,
        CallerDecides = CallerDecides ?? other.CallerDecides,
        Detail = Detail ?? other.Detail,
        Strict = Strict ?? other.Strict,
        TaskOnly = TaskOnly ?? other.TaskOnly,
        OnAbandon = OnAbandon ?? other.OnAbandon,
        Restartable = Restartable ?? other.Restartable,
        Reuse = Reuse ?? other.Reuse,
        Namespace = Namespace ?? other.Namespace,
        Limit = Limit ?? other.Limit,
        Retry = Retry ?? other.Retry,
        MaxRunning = MaxRunning ?? other.MaxRunning,
        KeepFor = KeepFor ?? other.KeepFor,
    };
}
