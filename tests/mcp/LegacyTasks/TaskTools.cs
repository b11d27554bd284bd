using System.ComponentModel;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>Tools that end in each of the ways in which a task can.</summary>
[McpServerToolType]
internal sealed class TaskTools(Gate gate)
{
    /// <summary>Starts a host with these tools.</summary>
    public static Task<McpHost> StartAsync(out Gate gate)
    {
        var made = gate = new Gate();
        return McpHost.StartAsync(server => Add(server, made));
    }

    public static void Add(IMcpServerBuilder server, Gate gate)
    {
        server.Services.AddSingleton(gate);
        server.WithTools<TaskTools>();
    }

    [McpServerTool(Name = "greet"), Deferrable, Description("Greets.")]
    public static CallToolResult Greet(string name) => new()
    {
        Content = [new TextContentBlock { Text = $"Hello, {name}!" }], Meta = new() { ["mood"] = "good" },
    };

    [McpServerTool(Name = "slow"), Deferrable(KeepForMinutes = 120), Description("Takes its time.")]
    public async Task<string> SlowAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        progress.Report(new() { Progress = 1, Total = 4, Message = "begun" });
        await gate.PassAsync(cancellationToken);
        progress.Report(new() { Progress = 4, Total = 4, Message = "ended" });
        return "done";
    }

    [McpServerTool(Name = "stubborn"), Deferrable, Description("Does not stop when it is told to.")]
    public async Task<string> StubbornAsync()
    {
        await gate.PassAsync(CancellationToken.None);
        return "done anyway";
    }

    [McpServerTool(Name = "only"), Deferrable(TaskOnly = true), Description("Runs as a task or not at all.")]
    public static string Only() => "done";

    [McpServerTool(Name = "plain"), Description("Is answered at once.")]
    public static string Plain() => "plain";

    [McpServerTool(Name = "erring"), Deferrable, Description("Answers with an error.")]
    public static CallToolResult Err() => new() { IsError = true, Content = [new TextContentBlock { Text = "It did not work." }] };

    [McpServerTool(Name = "refusing"), Deferrable, Description("Fails with an error of the protocol.")]
    public static string Refuse() =>
        throw new McpProtocolException("There is no such thing.", McpErrorCode.ResourceNotFound) { Data = { ["place"] = "here", ["tries"] = 2 } };

    [McpServerTool(Name = "ask"), Deferrable(Restartable = true), Description("Asks for a name.")]
    public static async Task<string> AskAsync(McpServer server, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(Question, cancellationToken);
        return $"{answer.Action}: {(answer.Content is { } content && content.TryGetValue("name", out var name) ? name : "nobody")}";
    }

    [McpServerTool(Name = "sample"), Deferrable, Description("Lets the client's model say something.")]
    public static async Task<string> SampleAsync(McpServer server, CancellationToken cancellationToken)
    {
        var said = await server.SampleAsync(
            new CreateMessageRequestParams { MaxTokens = 10, Messages = [new() { Role = Role.User, Content = [new TextContentBlock { Text = "Say it." }] }] }, cancellationToken);
        return string.Concat(said.Content.OfType<TextContentBlock>().Select(block => block.Text));
    }

    [McpServerTool(Name = "ask_and_refuse"), Deferrable(Restartable = true), Description("Asks for a name, and does not like it.")]
    public static async Task<string> AskAndRefuseAsync(McpServer server, CancellationToken cancellationToken)
    {
        await server.ElicitAsync(Question, cancellationToken);
        throw new McpProtocolException("Nobody is called that.", McpErrorCode.InvalidParams);
    }

    private static ElicitRequestParams Question => new()
    {
        Message = "Who are you?",
        RequestedSchema = new() { Properties = { ["name"] = new ElicitRequestParams.StringSchema() } },
    };
}
