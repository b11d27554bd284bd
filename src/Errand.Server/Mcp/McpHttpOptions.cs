namespace Errand.Server.Mcp;

/// <summary>How MCP is served over HTTP.</summary>
public sealed class McpHttpOptions
{
    /// <summary>
    /// The names under which the server may be spoken to, without ports; <c>*</c> stands for any. A page in a browser that was tricked into
    /// taking this server for its own speaks to it under another name. Default: those of this machine.
    /// </summary>
    public IList<string> AllowedHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// The origins of web pages that may speak to the server, such as <c>https://app.example.com</c>, beside its own; <c>*</c> stands for any.
    /// Default: none. What is no page sends no origin.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Whether clients of 2024-11-05 to 2025-11-25 get a session when they initialise, in which the server can ask them back and tell them of
    /// changes. Without, each of their requests is served by itself, by any process. Clients of 2026-07-28 never have sessions. Default: true.
    /// </summary>
    public bool Sessions { get; set; } = true;

    /// <summary>
    /// Whether a request of those revisions that names no session is served by itself, where there are sessions. Default: false, it is refused
    /// with status 400.
    /// </summary>
    public bool AllowWithoutSession { get; set; }

    /// <summary>How many sessions there may be at a time; who wants one more gets status 503. Default: 10,000.</summary>
    public int MaxSessions { get; set; } = 10_000;

    /// <summary>How long a session lasts with no request under way and no stream open. Default: 2 hours.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>
    /// The size of the largest request; a larger one gets status 413. A smaller limit of the web server holds, too. Default: 8 MiB.
    /// </summary>
    public long MaxRequestBytes { get; set; } = 8 << 20;
}
