using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// Which tools of a server of 2025-11-25 may be called as tasks. The official client no longer reads what that revision says of it.
/// </summary>
internal sealed class RemoteTools(ServerConnection server)
{
    private HashSet<string>? _takeTasks;

    /// <summary>Whether a tool may.</summary>
    public async ValueTask<bool> TakesTasksAsync(string tool, CancellationToken cancellationToken) =>
        (await FindAsync(cancellationToken)).Contains(tool);

    /// <summary>Whether any may.</summary>
    public async ValueTask<bool> TakeTasksAsync(CancellationToken cancellationToken) => (await FindAsync(cancellationToken)).Count > 0;

    private async ValueTask<HashSet<string>> FindAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _takeTasks) is { } known) return known;
        var found = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var parameters = new JsonObject();
            if (cursor is not null) parameters["cursor"] = cursor;
            var page = await server.RepeatAsync(
                () => RemoteTasks.Request(RequestMethods.ToolsList, (JsonObject)parameters.DeepClone()), cancellationToken);
            foreach (var tool in (page["tools"] as JsonArray)?.OfType<JsonObject>() ?? [])
            {
                string? support = RemoteTasks.Text(tool["execution"] as JsonObject, "taskSupport");
                if (support is "optional" or "required" && RemoteTasks.Text(tool, "name") is { } name) found.Add(name);
            }
            cursor = RemoteTasks.Text(page, "nextCursor");
        }
        while (cursor is not null);
        return _takeTasks = found;
    }
}
