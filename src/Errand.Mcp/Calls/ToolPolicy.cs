namespace Errand.Mcp;

/// <summary>How the calls of one tool are handed over, once everything that has a say was heard.</summary>
internal sealed record ToolPolicy
{
    public required TimeSpan AsyncTimeout { get; init; }

    public required TimeSpan KeepFor { get; init; }

    public bool CallerDecides { get; init; }

    public ResponseDetail Detail { get; init; }

    public bool Strict { get; init; }

    public bool TaskOnly { get; init; }

    public OnAbandon OnAbandon { get; init; }

    public bool Restartable { get; init; }

    public JobReuse Reuse { get; init; }

    public string? Namespace { get; init; }

    public JobLimits Limits { get; init; } = JobLimits.None;

    public RetryPolicy Retry { get; init; } = RetryPolicy.None;

    public int? MaxRunning { get; init; }

    /// <summary>The policy of a tool; none where its calls are not deferrable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="metadata">What is attached to it.</param>
    /// <param name="server">What the server says.</param>
    public static ToolPolicy? Of(string name, IReadOnlyList<object> metadata, ErrandMcpOptions server)
    {
        // The class's attribute stands before the method's, which says more.
        var attribute = metadata.OfType<DeferrableAttribute>().LastOrDefault();
        server.Tools.TryGetValue(name, out var options);
        if (attribute is null && options is null && !server.AllTools) return null;
        var said = (options ?? new()).Over(attribute?.ToOptions() ?? new());
        return new()
        {
            AsyncTimeout = said.AsyncTimeout ?? server.AsyncTimeout, KeepFor = said.KeepFor ?? server.KeepFor,
            CallerDecides = said.CallerDecides ?? true, Detail = said.Detail ?? server.Detail, Strict = said.Strict ?? server.Strict,
            TaskOnly = said.TaskOnly ?? false, OnAbandon = said.OnAbandon ?? OnAbandon.Cancel, Restartable = said.Restartable ?? false,
            Reuse = said.Reuse ?? JobReuse.None, Namespace = said.Namespace, MaxRunning = said.MaxRunning, Retry = said.Retry ?? RetryPolicy.None,
            Limits = said.Limit is { } limit ? new() { WallTime = limit } : JobLimits.None,
        };
    }
}
