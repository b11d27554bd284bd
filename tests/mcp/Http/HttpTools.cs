using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Http;

/// <summary>The tools of the tests of HTTP, and what has become of their calls.</summary>
[McpServerToolType]
internal sealed class HttpTools
{
    private readonly TaskCompletionSource<CancellationToken> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The call of <see cref="WaitAsync"/> has begun.</summary>
    public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the call of <see cref="WaitAsync"/> end.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How the call of <see cref="WaitAsync"/> has ended.</summary>
    public TaskCompletionSource<string> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the call of <see cref="WaitAsync"/> hears by that its client is gone, once it is there.</summary>
    public Task<CancellationToken> Gone => _gone.Task;

    [McpServerTool(Name = "echo")]
    public static string Echo(string text) => text;

    [McpServerTool(Name = "who")]
    public static string Who(RequestContext<CallToolRequestParams> context) => context.User?.Identity?.Name ?? "nobody";

    [McpServerTool(Name = "tenant")]
    public static string OfTenant(Tenant tenant) => tenant.Name;

    [McpServerTool(Name = "routed")]
    public static string Routed([McpHeader("Region")] string? region = null, [McpHeader("Count")] int? count = null) => $"{region} {count}";

    [McpServerTool(Name = "wait")]
    public async Task<string> WaitAsync(RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        _gone.TrySetResult(CallerPresence.GoneOf(context.JsonRpcRequest.Context));
        Began.TrySetResult();
        try { await Gate.Task.WaitAsync(cancellationToken); }
        catch (OperationCanceledException)
        {
            Ended.TrySetResult("cancelled");
            throw;
        }
        Ended.TrySetResult("completed");
        return "waited";
    }
}

/// <summary>What belongs to one request.</summary>
internal sealed class Tenant
{
    public string Name { get; set; } = "none";
}
