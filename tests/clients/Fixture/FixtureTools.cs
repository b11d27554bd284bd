using System.ComponentModel;
using Errand.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ClientsFixture;

[McpServerToolType]
internal sealed class FixtureTools(Folder folder)
{
    [McpServerTool(Name = "greet"), Deferrable, Description("Greets.")]
    public static string Greet(string name) => $"Hello, {name}!";

    [McpServerTool(Name = "nap"), Deferrable, Description("Sleeps for a while.")]
    public static async Task<string> NapAsync(int milliseconds, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        progress.Report(new() { Progress = 1, Total = 2, Message = "asleep" });
        await Task.Delay(milliseconds, cancellationToken);
        return "rested";
    }

    [McpServerTool(Name = "ask"), Deferrable, Description("Asks for a name.")]
    public static async Task<string> AskAsync(McpServer server, int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(milliseconds, cancellationToken);
        var schema = new ElicitRequestParams.RequestSchema { Properties = { ["name"] = new ElicitRequestParams.StringSchema() }, Required = ["name"] };
        var answer = await server.ElicitAsync(new ElicitRequestParams { Message = "Who are you?", RequestedSchema = schema }, cancellationToken);
        return answer.Action == "accept" ? $"Hello, {answer.Content!["name"].GetString()}!" : $"You said {answer.Action}.";
    }

    [McpServerTool(Name = "hold"), Deferrable(Restartable = true), Description("Goes on once the file 'go' is there, and may run twice.")]
    public async Task<string> HoldAsync(CancellationToken cancellationToken)
    {
        folder.Leave("held");
        await folder.WaitForAsync("go", cancellationToken);
        return "let go";
    }

    [McpServerTool(Name = "wait"), Deferrable, Description("Goes on once the file 'go' is there.")]
    public async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        folder.Leave("waiting");
        try { await folder.WaitForAsync("go", cancellationToken); }
        catch (OperationCanceledException)
        {
            folder.Leave("told to stop");
            throw;
        }
        return "waited";
    }

    [McpServerTool(Name = "keep"), Deferrable(OnAbandon = OnAbandon.Promote), Description("As 'wait', but goes on when its client has gone.")]
    public Task<string> KeepAsync(CancellationToken cancellationToken) => WaitAsync(cancellationToken);

    [McpServerTool(Name = "report", UseStructuredContent = true), Deferrable, Description("Counts, and says so in a form of its own.")]
    public static async Task<Report> ReportAsync(int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(milliseconds, cancellationToken);
        return new("all", 3);
    }
}

/// <summary>What the tool 'report' answers.</summary>
internal sealed record Report(string Subject, int Count);
