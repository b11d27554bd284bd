using System.Net;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The connection to a server, made anew when it is lost, if the client can be made anew.</summary>
internal sealed class ServerConnection(
    Func<CancellationToken, Task<McpClient>>? connect, McpClient? client, ErrandMcpClientOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private McpClient? _client = client;

    public ErrandMcpClientOptions Options => options;

    /// <summary>The connected client.</summary>
    public async ValueTask<McpClient> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _client) is { } connected) return connected;
        await _turn.WaitAsync(cancellationToken);
        try { return _client ??= await connect!(cancellationToken); }
        finally { _turn.Release(); }
    }

    /// <summary>Does something that may be done twice, and does it again over a new connection where the first was lost.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> RepeatAsync<T>(Func<McpClient, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        long? lostAt = null;
        while (true)
        {
            McpClient? used = null;
            try
            {
                used = await GetAsync(cancellationToken);
                return await work(used, cancellationToken);
            }
            catch (Exception e) when (MayTryAgain(e, lostAt) && !cancellationToken.IsCancellationRequested)
            {
                if (used is not null) await DropAsync(used);
            }
            // The first time it may be but a connection that was cut, so there is no pause.
            if (lostAt is not null) await Task.Delay(options.ReconnectDelay, options.Time, cancellationToken);
            lostAt ??= options.Time.GetTimestamp();
        }
    }

    /// <summary>Sends a request that may be sent twice.</summary>
    public Task<JsonObject> RepeatAsync(Func<JsonRpcRequest> request, CancellationToken cancellationToken) =>
        RepeatAsync((client, token) => SendAsync(client, request(), token), cancellationToken);

    /// <summary>Sends a request once.</summary>
    public static async Task<JsonObject> SendAsync(McpClient client, JsonRpcRequest request, CancellationToken cancellationToken) =>
        (await client.SendRequestAsync(request, cancellationToken)).Result as JsonObject
        ?? throw new McpException($"The server's answer to '{request.Method}' is not an object.");

    public async ValueTask DisposeAsync()
    {
        if (connect is not null && Interlocked.Exchange(ref _client, null) is { } connected) await connected.DisposeAsync();
    }

    private bool MayTryAgain(Exception e, long? lostAt) =>
        connect is not null && IsLost(e) && (lostAt is null || options.Time.GetElapsedTime(lostAt.Value) < options.ReconnectFor);

    // A request that is cut off by the loss of its connection ends in one of several ways, by transport and by moment.
    private static bool IsLost(Exception e) => e switch
    {
        HttpRequestException http => http.StatusCode is null or HttpStatusCode.NotFound or HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        // A server that is about to end, or whose store is away, fails in what it would do otherwise.
        McpProtocolException refusal => refusal.ErrorCode == McpErrorCode.InternalError,
        JobToolRefusedException refusal => refusal.IsPassing,
        RemoteCallNotFoundException => false,
        IOException or ObjectDisposedException or OperationCanceledException or McpException => true,
        _ => false,
    };

    private async ValueTask DropAsync(McpClient lost)
    {
        if (Interlocked.CompareExchange(ref _client, null, lost) != lost) return;
        try { await lost.DisposeAsync(); }
        catch (Exception)
        {
            // It is lost already.
        }
    }
}
