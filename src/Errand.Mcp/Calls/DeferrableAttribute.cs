namespace Errand.Mcp;

/// <summary>
/// Makes the calls of an MCP tool deferrable: one that takes longer than its caller waits goes on as a job, in the same execution, and the
/// caller gets a handle to follow it. On a class it holds for all of its tools; <see cref="ErrandMcpOptions.Tools"/> overrules it.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class DeferrableAttribute : Attribute
{
    private const int Unset = int.MinValue;

    /// <summary>
    /// How long a caller waits before the call is handed over, in milliseconds; 0 hands over at once, -1 waits to the end.
    /// Default: that of <see cref="ErrandMcpOptions.AsyncTimeout"/>.
    /// </summary>
    public int AsyncTimeout { get; set; } = Unset;

    /// <summary>Whether a call may name its own <c>asyncTimeout</c>, <c>_async_response_format</c> and <c>_async_strict</c>. Default: true.</summary>
    public bool CallerDecides { get; set; } = true;

    /// <summary>
    /// Whether clients without tasks get the error <c>ASYNC_TIMEOUT</c> with the handle, instead of a result with it. Default: false.
    /// </summary>
    public bool Strict { get; set; }

    /// <summary>Whether the tool is offered only to clients that follow tasks. Default: false.</summary>
    public bool TaskOnly { get; set; }

    /// <summary>What becomes of a call whose client gives up before it was handed over. Default: it is cancelled.</summary>
    public OnAbandon OnAbandon { get; set; }

    /// <summary>
    /// Whether a call that was cut off by the death of its process may run again from its start. Only for tools that do no harm when they run
    /// twice. Default: false.
    /// </summary>
    public bool Restartable { get; set; }

    /// <summary>Whether identical calls of one owner share one job. Default: each call is its own.</summary>
    public JobReuse Reuse { get; set; }

    /// <summary>Identical calls share a job only within one namespace. Default: one for the whole server.</summary>
    public string? Namespace { get; set; }

    /// <summary>How long the tool may run, in milliseconds. Default: without limit.</summary>
    public int Limit { get; set; } = Unset;

    /// <summary>How often a failed call is tried again. Only for tools that do no harm when they run twice. Default: not at all.</summary>
    public int MaxRetries { get; set; }

    /// <summary>How many calls of the tool may run at once, over all processes. Default: any number.</summary>
    public int MaxRunning { get; set; }

    /// <summary>
    /// How long the result of a call that was handed over is kept, in minutes. Default: that of <see cref="ErrandMcpOptions.KeepFor"/>.
    /// </summary>
    public int KeepForMinutes { get; set; } = Unset;

    internal DeferrableToolOptions ToOptions() => new()
    {
        AsyncTimeout = AsyncTimeout switch
        {
            Unset => null,
            -1 => Timeout.InfiniteTimeSpan,
            var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        },
        CallerDecides = CallerDecides ? null : false,
        Strict = Strict ? true : null,
        TaskOnly = TaskOnly,
        OnAbandon = OnAbandon,
        Restartable = Restartable,
        Reuse = Reuse,
        Namespace = Namespace,
        Limit = Limit == Unset ? null : TimeSpan.FromMilliseconds(Limit),
        Retry = MaxRetries == 0 ? null : new() { MaxRetries = MaxRetries },
        MaxRunning = MaxRunning == 0 ? null : MaxRunning,
        KeepFor = KeepForMinutes == Unset ? null : TimeSpan.FromMinutes(KeepForMinutes),
    };
}
