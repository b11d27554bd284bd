using System.Threading.Channels;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>Changes of a server's lists of tools, prompts and resources, for one client that wants to hear of them.</summary>
internal sealed class ListChanges : IDisposable
{
    private readonly List<Action> _leave = [];
    private readonly ChannelWriter<JsonRpcNotification> _news;

    public ListChanges(McpServerOptions server, SubscriptionsListenNotifications wanted, ChannelWriter<JsonRpcNotification> news)
    {
        _news = news;
        Granted = new()
        {
            ToolsListChanged = Listen(wanted.ToolsListChanged, server.ToolCollection, NotificationMethods.ToolListChangedNotification),
            PromptsListChanged = Listen(wanted.PromptsListChanged, server.PromptCollection, NotificationMethods.PromptListChangedNotification),
            ResourcesListChanged =
                Listen(wanted.ResourcesListChanged, server.ResourceCollection, NotificationMethods.ResourceListChangedNotification),
        };
    }

    /// <summary>What the client will hear of.</summary>
    public SubscriptionsListenNotifications Granted { get; }

    public void Dispose() => _leave.ForEach(leave => leave());

    private bool? Listen<T>(bool? wanted, McpServerPrimitiveCollection<T>? collection, string method) where T : IMcpServerPrimitive
    {
        if (wanted != true || collection is null) return null;
        void Tell(object? sender, EventArgs e) => _news.TryWrite(new() { Method = method });
        collection.Changed += Tell;
        _leave.Add(() => collection.Changed -= Tell);
        return true;
    }
}
