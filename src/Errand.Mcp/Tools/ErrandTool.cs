using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>One of Errand's own tools: its schema is written by hand, and what a caller can act on is a tool error and not a fault.</summary>
internal abstract class ErrandTool : McpServerTool
{
    private Tool? _tool;

    public override Tool ProtocolTool => _tool ??= new()
    {
        Name = Name, Description = Description, InputSchema = Parse(Schema),
        Annotations = new() { ReadOnlyHint = IsReadOnly, DestructiveHint = IsDestructive, IdempotentHint = IsIdempotent, OpenWorldHint = IsOpenWorld },
    };

    public override IReadOnlyList<object> Metadata => [];

    protected abstract string Name { get; }

    protected abstract string Description { get; }

    /// <summary>The JSON schema of the arguments.</summary>
    protected abstract string Schema { get; }

    protected virtual bool IsReadOnly => true;

    protected virtual bool IsDestructive => false;

    protected virtual bool IsIdempotent => true;

    protected virtual bool IsOpenWorld => false;

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try { return await RunAsync(new(request.Params?.Arguments), cancellationToken); }
        catch (JobException e) { return Error(Wire.WireProblem.Of(e)); }
    }

    protected abstract ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken);

    protected static CallToolResult Answer<T>(T value, JsonTypeInfo<T> type, string text, bool isError = false) => new()
    {
        Content = [new TextContentBlock { Text = text }],
        StructuredContent = JsonSerializer.SerializeToElement(value, type),
        IsError = isError ? true : null,
    };

    internal static CallToolResult Error(Wire.WireProblem problem) => Answer(problem, Wire.WireJson.Wire.WireProblem, problem.Message, isError: true);

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
