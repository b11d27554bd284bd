using System.ComponentModel;
using Errand.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

/// <summary>Tools whose calls become tasks; all but the first.</summary>
[McpServerToolType]
internal sealed class TaskTools
{
    private const int Patience = 50;
    // Longer than the patience, and shorter than the suite's.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(300);

    [McpServerTool(Name = "greet"), Description("Greets, at once.")]
    public static string Greet(string name) => $"Hello, {name}!";

    [McpServerTool(Name = "slow_compute"), Deferrable(AsyncTimeout = Patience), Description("Takes its time.")]
    public static async Task<string> ComputeAsync(int seconds, CancellationToken cancellationToken, string label = "nothing")
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        return $"Computed {label}.";
    }

    [McpServerTool(Name = "failing_job"), Deferrable(AsyncTimeout = Patience, TaskOnly = true), Description("Fails after a while.")]
    public static async Task<string> FailAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Long, cancellationToken);
        throw new McpException("This job always fails.");
    }

    [McpServerTool(Name = "protocol_error_job"), Deferrable(AsyncTimeout = Patience), Description("Ends in an error of the protocol.")]
    public static async Task<string> FailProtocolAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Long, cancellationToken);
        throw new McpProtocolException("This job always breaks.", McpErrorCode.InternalError);
    }

    [McpServerTool(Name = "confirm_delete"), Deferrable(AsyncTimeout = Patience), Description("Asks before it deletes.")]
    public static async Task<string> DeleteAsync(McpServer server, string filename, CancellationToken cancellationToken) =>
        await ConfirmAsync(server, $"Delete {filename}?", cancellationToken) ? $"Deleted {filename}." : $"Kept {filename}.";

    [McpServerTool(Name = "multi_input"), Deferrable(AsyncTimeout = Patience), Description("Asks two things at once.")]
    public static async Task<string> AskTwiceAsync(McpServer server, CancellationToken cancellationToken)
    {
        bool[] answers = await Task.WhenAll(ConfirmAsync(server, "This?", cancellationToken), ConfirmAsync(server, "And that?", cancellationToken));
        return $"{answers.Count(yes => yes)} of 2.";
    }

    [McpServerTool(Name = "test_tool_with_task"), Deferrable(AsyncTimeout = Patience, TaskOnly = true), Description("Asks for a name, and greets.")]
    public static async Task<string> GreetSlowlyAsync(RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        string name = RoundTripTools.Name(context.Params!.InputResponses);
        await Task.Delay(Long, cancellationToken);
        return $"Hello, {name}!";
    }

    private static async Task<bool> ConfirmAsync(McpServer server, string question, CancellationToken cancellationToken) =>
        (await server.ElicitAsync(Samples.Ask(question, "confirm", new ElicitRequestParams.BooleanSchema()), cancellationToken)).IsAccepted;
}
