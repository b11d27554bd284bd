using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>A further name for one of Errand's own tools, so that clients of older servers keep working.</summary>
internal sealed class ErrandToolAlias(ErrandTool tool, string alias) : McpServerTool
{
    public override Tool ProtocolTool { get; } = new()
    {
        Name = alias, Title = tool.ProtocolTool.Title, Description = $"Another name for {tool.ProtocolTool.Name}.",
        InputSchema = tool.ProtocolTool.InputSchema, OutputSchema = tool.ProtocolTool.OutputSchema, Annotations = tool.ProtocolTool.Annotations,
    };

    public override IReadOnlyList<object> Metadata => [];

    /// <summary>Errand's own tool that a primitive stands for, whatever it is called.</summary>
    public static ErrandTool? Unwrap(IMcpServerPrimitive? primitive) => primitive switch
    {
        ErrandTool own => own,
        ErrandToolAlias other => other.Tool,
        _ => null,
    };

    private ErrandTool Tool => tool;

    public override ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default) =>
        tool.InvokeAsync(request, cancellationToken);
}
