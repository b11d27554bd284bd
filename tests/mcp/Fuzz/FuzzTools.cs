using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>What calls wait for that do not end by themselves: they end together, once in a while.</summary>
internal sealed class Tide
{
    private TaskCompletionSource _next = New();

    public Task TurnsAsync(CancellationToken cancellationToken) => Volatile.Read(ref _next).Task.WaitAsync(cancellationToken);

    public void Turn() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Tools that take and answer what tools can.</summary>
[McpServerToolType]
internal sealed class FuzzTools(Tide tide)
{
    [McpServerTool(Name = "plain")]
    public static string Plain(string text) => text;

    [McpServerTool(Name = "echo"), Deferrable]
    public static string Echo(string text) => text;

    [McpServerTool(Name = "value"), Deferrable(Restartable = true)]
    public static CallToolResult Value(JsonElement value) => new()
    {
        Content = [new TextContentBlock { Text = value.GetRawText() }], StructuredContent = value.ValueKind == JsonValueKind.Object ? value : null,
    };

    [McpServerTool(Name = "long"), Deferrable(AsyncTimeout = 20)]
    public async Task<string> LongAsync(string text, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        progress.Report(new() { Progress = 1, Total = 2, Message = "half" });
        await tide.TurnsAsync(cancellationToken);
        return text;
    }

    [McpServerTool(Name = "only"), Deferrable(TaskOnly = true)]
    public static string Only() => "done";

    [McpServerTool(Name = "ask"), Deferrable]
    public static async Task<string> AskAsync(McpServer server, CancellationToken cancellationToken)
    {
        var question = new ElicitRequestParams
        {
            Message = "Who?", RequestedSchema = new() { Properties = { ["name"] = new ElicitRequestParams.StringSchema() } },
        };
        return (await server.ElicitAsync(question, cancellationToken)).Action;
    }

    [McpServerTool(Name = "refuse"), Deferrable]
    public static string Refuse() => throw new McpProtocolException("There is no such thing.", McpErrorCode.ResourceNotFound);
}
