using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>How one call is followed by its id, in the words of one generation of servers.</summary>
internal abstract class CallFollower(string id, ServerConnection server)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

    public string Id => id;

    protected ServerConnection Server => server;

    /// <summary>Tells what the call is doing, and last how it ended. Breaks of the connection and restarts of the server go unnoticed.</summary>
    /// <param name="everyChange">Whether all that can be heard is wanted, or only the end.</param>
    /// <param name="cancellationToken">Follows no longer.</param>
    public abstract IAsyncEnumerable<CallNews> FollowAsync(bool everyChange, CancellationToken cancellationToken);

    /// <summary>Asks for the call to be cancelled; one that has ended stays as it is.</summary>
    public abstract Task CancelAsync(CancellationToken cancellationToken);

    /// <summary>Has the client's own handlers answer what was not answered yet, for several may follow the same call.</summary>
    /// <returns>The answers; none where there is nothing to say.</returns>
    protected async Task<IDictionary<string, InputResponse>?> AnswerAsync(
        IDictionary<string, InputRequest> questions, CancellationToken cancellationToken)
    {
        var open = new Dictionary<string, InputRequest>(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var (key, question) in questions)
                if (_answered.Add(key)) open[key] = question;
        }
        if (open.Count == 0) return null;
        try { return await (await server.GetAsync(cancellationToken)).ResolveInputRequestsAsync(open, cancellationToken); }
        catch
        {
            Forget(open.Keys);
            throw;
        }
    }

    /// <summary>The answers did not reach the server: the questions are open again.</summary>
    protected void Forget(IEnumerable<string> keys)
    {
        lock (_lock) _answered.ExceptWith(keys);
    }

    /// <summary>Whether the server says that it does not know the id.</summary>
    protected static bool IsUnknown(McpProtocolException problem) => problem.ErrorCode is McpErrorCode.InvalidParams or McpErrorCode.ResourceNotFound;

    /// <summary>An answer about the call, or the refusal of its id in one form for all servers.</summary>
    protected async Task<T> KnownAsync<T>(Task<T> answer)
    {
        try { return await answer; }
        catch (McpProtocolException e) when (IsUnknown(e))
        {
            throw new RemoteCallNotFoundException(id, e);
        }
    }
}
