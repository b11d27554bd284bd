using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Runs the call of a tool without the client that made it: after a crash where the tool allows it, on a retry, or for a call that had waited
/// for its turn in the store. The tool and the server's filters around it are the same.
/// </summary>
internal sealed class ToolRerun(DeferrableTool tool, IServiceProvider services) : IJobExecutor
{
    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        var options = services.GetRequiredService<IOptionsMonitor<McpServerOptions>>().CurrentValue;
        var arguments = ToolResults.ToArguments(job.Input);
        var parameters = new CallToolRequestParams { Name = tool.Name };
        var request = new JsonRpcRequest
        {
            Method = RequestMethods.ToolsCall, Id = new RequestId(job.Id.ToString()),
            Context = new() { User = DetachedUser.Of(job.Spec), ProtocolVersion = job.Spec.Metadata.GetValueOrDefault(ToolMetadata.Version) },
        };
        var call = new ToolCall(
            new(new DetachedServer(options, services, request.Context.ProtocolVersion), request, parameters) { MatchedPrimitive = tool.Tool },
            InvokeAsync, tool, ClientEra.Plain, new() { Arguments = arguments }, await ResolveAsync(job, arguments));
        call.Detach();
        try { return call.Record(await call.RunAsync(job)); }
        catch (McpProtocolException e) { return ToolResults.ToOutcome(e); }

        async ValueTask<ResultOrAlternate<CallToolResult>> InvokeAsync(
            RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
        {
            McpRequestHandler<CallToolRequestParams, CallToolResult> handler = (inner, token) => tool.Tool.InvokeAsync(inner, token);
            var filters = options.Filters.Request.CallToolFilters;
            for (int i = filters.Count - 1; i >= 0; i--) handler = filters[i](handler);
            return await handler(context, cancellationToken);
        }
    }

    private async ValueTask<IDictionary<string, JsonElement>> ResolveAsync(JobContext job, Dictionary<string, JsonElement> arguments)
    {
        if (!ResultReferences.AreIn(arguments)) return arguments;
        var caller = new Caller(job.Owner, job.Owner != Caller.Anonymous);
        return await services.GetRequiredService<ResultReferences>().ResolveAsync(arguments, caller, job.CancellationToken);
    }
}
