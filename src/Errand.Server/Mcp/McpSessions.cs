using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Errand.Server.Mcp;

/// <summary>The sessions there are. They end when their client says so, when they have been idle for too long, and with the server.</summary>
internal sealed partial class McpSessions : IDisposable
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, McpSession> _sessions = new(StringComparer.Ordinal);
    private readonly McpServers _servers;
    private readonly McpHttpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _sweep;
    private readonly CancellationTokenRegistration _stopping;
    private int _count;

    public McpSessions(
        McpServers servers, IOptions<McpHttpOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<McpSessions> logger)
    {
        (_servers, _options, _time, _logger) = (servers, options.Value, time, logger);
        var period = _options.IdleTimeout / 8 < LongestSweep ? _options.IdleTimeout / 8 : LongestSweep;
        _sweep = time.CreateTimer(_ => EndIdle(), null, period, period);
        // Not when the services are disposed of: the web server waits for the streams first.
        _stopping = lifetime.ApplicationStopping.Register(EndAll);
    }

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins one, with its first request under way, if there is room. It is found once it is kept.</summary>
    public bool TryBegin(ClaimsPrincipal user, [NotNullWhen(true)] out McpSession? session)
    {
        session = null;
        if (!TryTakeRoom())
        {
            EndIdle();
            if (!TryTakeRoom()) return false;
        }
        session = new(_servers, McpCaller.Of(user), _time, _logger);
        return true;
    }

    /// <summary>From here on the session is found by its id.</summary>
    public void Keep(McpSession session) => _sessions[session.Id] = session;

    /// <summary>Finds one and begins a request in it, if it belongs to the caller.</summary>
    public bool TryEnter(string id, ClaimsPrincipal user, [NotNullWhen(true)] out McpSession? session) =>
        _sessions.TryGetValue(id, out session) && session.Owner == McpCaller.Of(user) && session.TryEnter();

    /// <summary>Ends one, without waiting for the work within it.</summary>
    public void End(McpSession session)
    {
        if (_sessions.TryRemove(session.Id, out _)) Discard(session);
    }

    /// <summary>Ends one that was not kept.</summary>
    public void Discard(McpSession session)
    {
        Interlocked.Decrement(ref _count);
        _ = session.EndAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _sweep.Dispose();
        EndAll();
    }

    private bool TryTakeRoom()
    {
        if (Interlocked.Increment(ref _count) <= _options.MaxSessions) return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    private void EndIdle()
    {
        foreach (var session in _sessions.Values)
        {
            if (!session.TryCloseIdle(_options.IdleTimeout)) continue;
            LogIdle(_logger, _options.IdleTimeout);
            End(session);
        }
    }

    private void EndAll()
    {
        foreach (var session in _sessions.Values) End(session);
    }
}
