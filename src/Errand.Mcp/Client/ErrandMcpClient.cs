using ModelContextProtocol.Client;

namespace Errand.Mcp;

/// <summary>
/// Calls tools that may finish later, on servers of any generation: by the tasks extension of 2026-07-28, by the tasks of 2025-11-25, by the
/// tools that Errand's servers have for everybody else, or plainly. It stands on the official client, whose handlers answer what tools ask.
/// </summary>
public sealed class ErrandMcpClient : IAsyncDisposable
{
    private readonly ServerConnection _server;
    private readonly CallSender _sender;

    private ErrandMcpClient(ServerConnection server)
    {
        _server = server;
        _sender = new(server);
    }

    /// <summary>Uses a client that is connected, and leaves it open. When its connection is lost, what was under way fails.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">How to follow calls.</param>
    public static ErrandMcpClient Over(McpClient client, ErrandMcpClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new(new(null, client, options ?? new()));
    }

    /// <summary>Connects, and connects again when the connection is lost while a call is followed.</summary>
    /// <param name="connect">Makes a connected client, as <c>McpClient.CreateAsync</c> does.</param>
    /// <param name="options">How to follow calls.</param>
    /// <param name="cancellationToken">Gives up the first connection.</param>
    public static async Task<ErrandMcpClient> ConnectAsync(
        Func<CancellationToken, Task<McpClient>> connect, ErrandMcpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connect);
        var server = new ServerConnection(connect, null, options ?? new());
        await server.GetAsync(cancellationToken);
        return new(server);
    }

    /// <summary>Calls a tool, and comes back with its answer, or with what to follow it by.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="progress">Hears how far the call has come until it is answered; from then on <see cref="RemoteCall.WatchAsync"/> tells.</param>
    /// <param name="cancellationToken">Gives up; what becomes of the call is the server's choice.</param>
    /// <exception cref="ModelContextProtocol.McpException">The server refused the call, or was lost; a call is never sent twice.</exception>
    public Task<RemoteCall> CallAsync(
        string tool, IReadOnlyDictionary<string, object?>? arguments = null, IProgress<RemoteCallUpdate>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tool);
        return _sender.SendAsync(tool, arguments, progress, cancellationToken);
    }

    /// <summary>Takes up a call that was begun before, here or elsewhere. Nothing is sent until it is asked for.</summary>
    /// <param name="id">The call's <see cref="RemoteCall.Id"/>.</param>
    public RemoteCall Resume(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        CallFollower? follower = null;
        return new(id, async cancellationToken => follower ??= await _sender.FollowerAsync(id, cancellationToken));
    }

    /// <summary>Ends the connection, if it was made here. Calls that are under way go on.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
