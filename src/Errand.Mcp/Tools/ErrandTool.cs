using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>One of Errand's own tools: its schemas are written by hand, and what a caller can act on is a tool error and not a fault.</summary>
internal abstract class ErrandTool(ErrandToolParts parts) : McpServerTool
{
    private Tool? _tool;
    private string[]? _parameters;

    public override Tool ProtocolTool => _tool ??= new()
    {
        Name = NameOf(OwnName), Title = Title, Description = Description, InputSchema = InputSchema, OutputSchema = OutputSchema,
        Annotations = new()
        {
            ReadOnlyHint = IsReadOnly, DestructiveHint = IsDestructive, IdempotentHint = IsIdempotent, OpenWorldHint = IsOpenWorld,
        },
    };

    public override IReadOnlyList<object> Metadata => [];

    /// <summary>The name that the tool has where nobody renames it.</summary>
    public abstract string OwnName { get; }

    /// <summary>Whether it follows jobs, and does not make any.</summary>
    public virtual bool FollowsJobs => true;

    protected ErrandToolParts Parts => parts;

    protected abstract string Title { get; }

    protected abstract string Description { get; }

    /// <summary>The JSON schema of the arguments.</summary>
    protected abstract string Schema { get; }

    /// <summary>The JSON schema of the answer.</summary>
    protected abstract string AnswerSchema { get; }

    protected virtual JsonElement InputSchema => JsonElement.Parse(Schema);

    protected virtual JsonElement OutputSchema => JsonElement.Parse(AnswerSchema);

    protected virtual bool IsReadOnly => true;

    protected virtual bool IsDestructive => false;

    protected virtual bool IsIdempotent => true;

    protected virtual bool IsOpenWorld => false;

    private string[] Parameters =>
        _parameters ??= [.. ProtocolTool.InputSchema.GetProperty("properties").EnumerateObject().Select(parameter => parameter.Name)];

    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var arguments = new ToolArguments(request.Params?.Arguments);
            arguments.RefuseUnknown(Parameters);
            return await RunAsync(new(request, arguments, Caller.Of(request.JsonRpcRequest.Context, parts.Settings.Value)), cancellationToken);
        }
        catch (ToolRefusalException e) { return Error(e.Problem); }
        catch (JobException e) { return Error(WireProblem.Of(e)); }
    }

    internal static CallToolResult Error(WireProblem problem) => Answer(problem, WireJson.Wire.WireProblem, problem.Message, isError: true);

    protected abstract ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken);

    /// <summary>What a tool is called on this server, for texts that tell a model what to call next.</summary>
    protected string NameOf(string tool) => parts.Names.Of(tool);

    protected static CallToolResult Answer<T>(T value, JsonTypeInfo<T> type, string text, bool isError = false) =>
        Answer(value, type, [new TextContentBlock { Text = text }], isError);

    protected static CallToolResult Answer<T>(T value, JsonTypeInfo<T> type, IList<ContentBlock> content, bool isError = false) => new()
    {
        Content = content,
        StructuredContent = JsonSerializer.SerializeToElement(value, type),
        IsError = isError ? true : null,
    };
}
