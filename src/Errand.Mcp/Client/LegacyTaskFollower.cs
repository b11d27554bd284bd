using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ModelContextProtocol;

namespace Errand.Mcp;

/// <summary>Follows a call by the tasks of 2025-11-25: one request waits for the result, and carries what the tool asks meanwhile.</summary>
internal sealed class LegacyTaskFollower(string id, ServerConnection server) : CallFollower(id, server)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _left;
    private Task<CallEnd>? _result;
    private int _followers;

    public override async IAsyncEnumerable<CallNews> FollowAsync(
        bool everyChange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var result = Join();
        try
        {
            while (everyChange && !result.IsCompleted)
            {
                var task = await LookAsync(cancellationToken);
                var update = RemoteTasks.UpdateOf(task);
                if (update.State.IsTerminal()) break;
                yield return new(update);
                var pause = RemoteTasks.PauseOf(task, "pollInterval", Server.Options.PollInterval);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(result, Task.Delay(pause, Server.Options.Time, over.Token));
                over.Cancel();
                cancellationToken.ThrowIfCancellationRequested();
            }
            var end = await result.WaitAsync(cancellationToken);
            // Only the task says whether what was answered is the end of a cancelled one.
            var ended = RemoteTasks.UpdateOf(await LookAsync(cancellationToken));
            yield return new(ended, ended.State == JobState.Cancelled ? new(null, new RemoteCallCancelledException(Id, ended.Message)) : end);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>All who follow the call wait for its result in one request, or what the tool asks would be asked of each.</summary>
    private Task<CallEnd> Join()
    {
        lock (_lock)
        {
            if (_followers++ > 0) return _result!;
            _left = new();
            return _result = ResultAsync(_left.Token);
        }
    }

    private void Leave()
    {
        CancellationTokenSource left;
        lock (_lock)
        {
            if (--_followers > 0) return;
            left = _left!;
        }
        left.Cancel();
        left.Dispose();
    }

    public override async Task CancelAsync(CancellationToken cancellationToken)
    {
        try { await Server.RepeatAsync(() => RemoteTasks.Request("tasks/cancel", Id), cancellationToken); }
        catch (McpProtocolException e) when (IsUnknown(e))
        {
            // The same is said of one that has ended, which stays as it is, and of one that never was.
            await LookAsync(cancellationToken);
        }
    }

    private Task<JsonObject> LookAsync(CancellationToken cancellationToken) =>
        KnownAsync(Server.RepeatAsync(() => RemoteTasks.Request("tasks/get", Id), cancellationToken));

    private async Task<CallEnd> ResultAsync(CancellationToken cancellationToken)
    {
        try { return new(RemoteTasks.ToResult(await Server.RepeatAsync(() => RemoteTasks.Request("tasks/result", Id), cancellationToken))); }
        catch (McpProtocolException e)
        {
            return new(null, e);
        }
    }
}
