using System.ComponentModel;
using Errand.Mcp.Tests.Calls;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Approved;

/// <summary>Tools that are handed over before they end, each in its own way.</summary>
[McpServerToolType]
internal sealed class LateTools(Gate gate)
{
    [McpServerTool(Name = "copy", Title = "Copy"), Deferrable, Description("Copies, and takes its time.")]
    public async Task<string> CopyAsync(string from, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        progress.Report(new() { Progress = 1, Total = 4, Message = "copying" });
        await gate.PassAsync(cancellationToken);
        return $"copied {from}";
    }

    [McpServerTool(Name = "count", UseStructuredContent = true), Deferrable, Description("Counts, and tells nothing before it is done.")]
    public async Task<Sum> CountAsync(int to, CancellationToken cancellationToken)
    {
        await gate.PassAsync(cancellationToken);
        return new(to);
    }

    [McpServerTool(Name = "err"), Deferrable, Description("Answers with an error.")]
    public async Task<CallToolResult> ErrAsync(CancellationToken cancellationToken)
    {
        await gate.PassAsync(cancellationToken);
        return new() { IsError = true, Content = [new TextContentBlock { Text = "It did not work." }] };
    }

    [McpServerTool(Name = "refuse"), Deferrable, Description("Fails with an error of the protocol.")]
    public async Task<string> RefuseAsync(CancellationToken cancellationToken)
    {
        await gate.PassAsync(cancellationToken);
        throw new McpProtocolException("There is no such thing.", McpErrorCode.InvalidParams) { Data = { ["place"] = "here" } };
    }

    [McpServerTool(Name = "ask"), Deferrable, Description("Asks for a name.")]
    public static async Task<string> AskAsync(McpServer server, CancellationToken cancellationToken)
    {
        var schema = new ElicitRequestParams.RequestSchema { Properties = { ["name"] = new ElicitRequestParams.StringSchema() } };
        var answer = await server.ElicitAsync(new() { Message = "Who are you?", RequestedSchema = schema }, cancellationToken);
        return $"Hello, {answer.Content!["name"]}!";
    }

    [McpServerTool(Name = "only"), Deferrable(TaskOnly = true), Description("Runs as a task or not at all.")]
    public static string Only() => "done";

    [McpServerTool(Name = "now"), Description("Is answered at once.")]
    public static string Now() => "now";

    internal sealed record Sum(int Value);
}
