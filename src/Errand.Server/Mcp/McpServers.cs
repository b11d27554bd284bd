using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>
/// Makes MCP servers: one for each session, and one for each request without. All of a sort have the same options, which are made once,
/// because making them costs more than a call.
/// </summary>
internal sealed class McpServers(
    IOptions<McpServerOptions> forSessions, IOptionsFactory<McpServerOptions> factory, ILoggerFactory loggers, IServiceProvider services)
{
    private readonly McpServerOptions _forRequests = WithoutScopes(factory.Create(Options.DefaultName), forSessions.Value);

    /// <summary>One that lasts, and makes a scope of services for each request.</summary>
    public McpServer ForSession(StreamableHttpServerTransport transport) => McpServer.Create(transport, forSessions.Value, loggers, services);

    /// <summary>One for a single request, within whose scope it works.</summary>
    public McpServer ForRequest(StreamableHttpServerTransport transport, IServiceProvider scope) =>
        McpServer.Create(transport, _forRequests, loggers, scope);

    private static McpServerOptions WithoutScopes(McpServerOptions options, McpServerOptions others)
    {
        options.ScopeRequests = false;
        // So that what an application adds or removes while it runs is there for everybody.
        options.ToolCollection = others.ToolCollection;
        options.PromptCollection = others.PromptCollection;
        options.ResourceCollection = others.ResourceCollection;
        return options;
    }
}
