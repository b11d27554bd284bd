using System.Runtime.CompilerServices;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// A call of a tool on a server: one that was answered at once, or one that goes on there and is followed by its id, by whoever has it.
/// </summary>
public sealed class RemoteCall
{
    private readonly Func<CancellationToken, ValueTask<CallFollower>>? _follower;
    private CallEnd? _end;

    internal RemoteCall(CallToolResult answer) => _end = new(answer);

    internal RemoteCall(string id, Func<CancellationToken, ValueTask<CallFollower>> follower)
    {
        Id = id;
        _follower = follower;
    }

    /// <summary>What to follow the call by, from here or from another process; none where it was answered at once.</summary>
    public string? Id { get; }

    /// <summary>Whether it is known here how the call ended.</summary>
    public bool IsDone => Volatile.Read(ref _end) is not null;

    /// <summary>Waits for what the tool answers, over breaks of the connection and restarts of the server.</summary>
    /// <param name="cancellationToken">Waits no longer; the call goes on.</param>
    /// <returns>The tool's own answer, as if it had been given at once.</returns>
    /// <exception cref="RemoteCallCancelledException">The call was cancelled.</exception>
    /// <exception cref="RemoteCallNotFoundException">The server does not know the call.</exception>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The call ended with an error of the protocol.</exception>
    public async Task<CallToolResult> ResultAsync(CancellationToken cancellationToken = default)
    {
        if (!IsDone) await foreach (var _ in FollowAsync(everyChange: false, cancellationToken)) { }
        return _end!.Get();
    }

    /// <summary>Tells what the call is doing, from now until it has ended.</summary>
    /// <param name="cancellationToken">Follows no longer; the call goes on.</param>
    public async IAsyncEnumerable<RemoteCallUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_follower is null) yield break;
        RemoteCallUpdate? last = null;
        await foreach (var update in FollowAsync(everyChange: true, cancellationToken))
        {
            if (update != last) yield return update;
            last = update;
        }
    }

    /// <summary>Asks the server to cancel the call. One that has ended stays as it is; how it ends <see cref="ResultAsync"/> tells.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CancelAsync(CancellationToken cancellationToken = default)
    {
        if (!IsDone) await (await _follower!(cancellationToken)).CancelAsync(cancellationToken);
    }

    private async IAsyncEnumerable<RemoteCallUpdate> FollowAsync(bool everyChange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follower = await _follower!(cancellationToken);
        await foreach (var news in follower.FollowAsync(everyChange, cancellationToken))
        {
            if (news.End is { } end) Interlocked.CompareExchange(ref _end, end, null);
            yield return news.Update;
        }
    }
}
