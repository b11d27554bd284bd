using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Puts Errand into a server's options. Hosts without sessions make these anew for each request, so all that lasts is in services; and they may
/// be made while those services are, so these are found only when the first request needs them.
/// </summary>
internal sealed class ErrandMcpSetup(IServiceProvider services, IOptions<ErrandMcpOptions> settings) : IPostConfigureOptions<McpServerOptions>
{
    private ToolCalls? _calls;
    private ToolListing? _listing;
    private PipeEnd? _pipe;
    private IReadOnlyList<McpServerTool>? _tools;

    public void PostConfigure(string? name, McpServerOptions options)
    {
        AddTools(options);
        options.Capabilities ??= new();
        options.Capabilities.Extensions ??= new Dictionary<string, object>();
        options.Capabilities.Extensions[ClientEras.TasksExtension] = new JsonObject();
        options.RequestHandlers ??= [];
        foreach (var handler in TaskRouting.Handlers(
            services.GetRequiredService<TaskRequests>, services.GetRequiredService<LegacyTaskRequests>,
            services.GetRequiredService<LegacyTaskResults>))
            options.RequestHandlers.Add(UntilItsPipeEnds(handler));
        options.Handlers.SubscriptionsListenHandler ??= (request, token) => Pipe.UntilAsync(
            request.JsonRpcRequest.Context, until => services.GetRequiredService<TaskSubscriptions>().ListenAsync(request, until), token);
        options.Filters.Message.IncomingFilters.Add(UnreadableParameters.Refuse);
        options.Filters.Message.IncomingFilters.Add(LegacyMessages.Incoming);
        options.Filters.Message.OutgoingFilters.Add(next => (context, token) => LegacyExchange.Of(context.JsonRpcMessage.Context) is { } exchange
            ? services.GetRequiredService<LegacyMessages>().AnswerAsync(exchange, context, next, token)
            : next(context, token));
        options.Filters.Request.ListToolsFilters.Add(next => async (request, token) =>
        {
            var listed = await next(request, token);
            (_listing ??= services.GetRequiredService<ToolListing>()).Amend(listed, request.Server.ServerOptions.ToolCollection);
            return listed;
        });
        options.Filters.Request.CallToolWithAlternateFilters.Add((request, next, token) =>
        {
            _calls ??= services.GetRequiredService<ToolCalls>();
            return PipeEnd.IsOf(request.JsonRpcRequest.Context) && _calls.IsConcerned(request)
                ? Pipe.UntilAsync(request.JsonRpcRequest.Context, until => _calls.InvokeAsync(request, next, until), token)
                : _calls.InvokeAsync(request, next, token);
        });
    }

    private PipeEnd Pipe => _pipe ??= services.GetRequiredService<PipeEnd>();

    private McpServerRequestHandler UntilItsPipeEnds(McpServerRequestHandler handler) => new()
    {
        Method = handler.Method, RoutingNameParameter = handler.RoutingNameParameter,
        Handler = (request, token) => Pipe.UntilAsync(request.Context, until => handler.Handler(request, until), token),
    };

    private void AddTools(McpServerOptions options)
    {
        options.ToolCollection ??= [];
        foreach (var tool in _tools ??= MakeTools()) options.ToolCollection.TryAdd(tool);
    }

    private List<McpServerTool> MakeTools()
    {
        var names = services.GetRequiredService<JobToolNames>();
        List<McpServerTool> tools = [];
        foreach (var tool in services.GetServices<ErrandTool>().Where(tool => settings.Value.JobTools || !tool.FollowsJobs))
        {
            tools.Add(tool);
            tools.AddRange(names.AliasesOf(tool.OwnName).Select(alias => new ErrandToolAlias(tool, alias)));
        }
        return tools;
    }
}
