using System.Security.Claims;

namespace Errand.Mcp;

/// <summary>How Errand behaves towards clients of MCP. Checked when the host starts.</summary>
public sealed class ErrandMcpOptions
{
    /// <summary>
    /// How long a call waits before it is handed over, where neither it nor its tool says; <see cref="Timeout.InfiniteTimeSpan"/> waits to the
    /// end. Default: 50 s, because most clients give up at 60.
    /// </summary>
    public TimeSpan AsyncTimeout { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>
    /// Whether all tools are deferrable, or only those with <see cref="DeferrableAttribute"/> or a place in <see cref="Tools"/>. Default: only
    /// those.
    /// </summary>
    public bool AllTools { get; set; }

    /// <summary>Tools by name: makes them deferrable, and overrules what their attribute says.</summary>
    public IDictionary<string, DeferrableToolOptions> Tools { get; } = new Dictionary<string, DeferrableToolOptions>(StringComparer.Ordinal);

    /// <summary>How much a handle says to clients without tasks. Default: standard.</summary>
    public ResponseDetail Detail { get; set; } = ResponseDetail.Standard;

    /// <summary>
    /// Whether clients without tasks get the error <c>ASYNC_TIMEOUT</c> with the handle, instead of a result with it. Default: false.
    /// </summary>
    public bool Strict { get; set; }

    /// <summary>How long the result of a call that was handed over is kept after its end, unless its tool says. Default: 24 h.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a waiting client that sent a progress token hears nothing before a heartbeat is sent, and between two. Default: 10 s.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the tools that follow jobs (<c>job_status</c>, <c>job_wait</c>, …) are added to the server. Default: true.</summary>
    public bool JobTools { get; set; } = true;

    /// <summary>Other names for Errand's own tools: <c>job_status</c> → <c>get_job_status</c>. The tool goes by its new name only.</summary>
    public IDictionary<string, string> ToolNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Further names under which Errand's own tools answer, for clients of older servers: <c>get_cached_result</c> → <c>job_result</c>.
    /// </summary>
    public IDictionary<string, string> ToolAliases { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whom an authenticated user's jobs belong to; none refuses the user. Default: the user's subject (<c>sub</c>, name identifier), else the name.
    /// </summary>
    public Func<ClaimsPrincipal, string?> OwnerOf { get; set; } = Caller.SubjectOf;

    internal IEnumerable<string> Problems()
    {
        if (AsyncTimeout < TimeSpan.Zero && AsyncTimeout != Timeout.InfiniteTimeSpan)
            yield return $"AsyncTimeout is {AsyncTimeout}; it must not be negative.";
        if (KeepFor <= TimeSpan.Zero) yield return $"KeepFor is {KeepFor}; it must be positive.";
        if (HeartbeatInterval <= TimeSpan.Zero) yield return $"HeartbeatInterval is {HeartbeatInterval}; it must be positive.";
        foreach (string problem in JobToolNames.Problems(this)) yield return problem;
        foreach (var (name, tool) in Tools)
        {
            if (tool.AsyncTimeout is { } patience && patience < TimeSpan.Zero && patience != Timeout.InfiniteTimeSpan)
                yield return $"Tools[\"{name}\"].AsyncTimeout is {patience}; it must not be negative.";
            if (tool.KeepFor <= TimeSpan.Zero) yield return $"Tools[\"{name}\"].KeepFor is {tool.KeepFor}; it must be positive.";
        }
    }
}
