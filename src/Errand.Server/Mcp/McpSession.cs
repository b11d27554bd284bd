using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>A session of a client of before 2026-07-28: a server of its own, from its initialize to its end.</summary>
internal sealed partial class McpSession
{
    private const int Over = int.MinValue / 2;
    private readonly CancellationTokenSource _ended = new();
    private readonly StreamableHttpServerTransport _transport;
    private readonly McpSessionStream _stream;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _running;
    private Task? _listening;
    private int _underWay = 1;
    private long _idleSince;

    public McpSession(McpServers servers, McpCaller owner, TimeProvider time, ILogger logger)
    {
        (Owner, _time, _logger, _stream) = (owner, time, logger, new(time));
        // The messages of a request are handled as if within it, so that what follows a request through the program does so here, too.
        _transport = new(null) { SessionId = Id, FlowExecutionContextFromRequests = true };
        Server = servers.ForSession(_transport);
        // What the first request has with it must not last as long as the session.
        using (ExecutionContext.SuppressFlow()) _running = Server.RunAsync(_ended.Token);
    }

    /// <summary>Its name, which nobody can guess.</summary>
    public string Id { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    /// <summary>Who began it. To others it is not there.</summary>
    public McpCaller Owner { get; }

    public McpServer Server { get; }

    public StreamableHttpServerTransport Transport => _transport;

    /// <summary>Cancelled when it ends.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Begins a request, unless the session has ended. The one that made the session has begun.</summary>
    public bool TryEnter() => Interlocked.Increment(ref _underWay) > 0;

    public void Leave()
    {
        Volatile.Write(ref _idleSince, _time.GetTimestamp());
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>Closes it to requests, if nothing has been under way for so long.</summary>
    public bool TryCloseIdle(TimeSpan idle) =>
        Volatile.Read(ref _underWay) == 0 && _time.GetElapsedTime(Volatile.Read(ref _idleSince)) >= idle
        && Interlocked.CompareExchange(ref _underWay, Over, 0) == 0;

    /// <summary>Sends what nobody has asked for to a connection, until that or the session is over.</summary>
    public async Task ListenAsync(Stream connection, CancellationToken over)
    {
        var listening = _stream.ListenAsync(connection, over);
        lock (_stream) _listening ??= _transport.HandleGetRequestAsync(_stream, _ended.Token);
        await listening;
    }

    /// <summary>Ends it and what is under way in it.</summary>
    public async Task EndAsync()
    {
        Interlocked.Exchange(ref _underWay, Over);
        try
        {
            _ended.Cancel();
            await _transport.DisposeAsync();
            await _running;
            await Server.DisposeAsync();
        }
        catch (OperationCanceledException) { }
        catch (Exception e) { LogEndedBadly(_logger, e); }
    }
}
