using System.ComponentModel;
using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Tools;

/// <summary>A host with all of Errand's own tools, and work that does what a test says: as a command, and as tools of the host's.</summary>
internal static class ToolHost
{
    /// <summary>Starts a host.</summary>
    /// <param name="command">What commands do. Default: they end at once.</param>
    /// <param name="gate">What the tools of the host wait for.</param>
    /// <param name="options">Sets options.</param>
    public static Task<McpHost> StartAsync(
        Func<JobContext, ValueTask<JobOutcome>>? command = null, Gate? gate = null, Action<ErrandMcpOptions>? options = null) =>
        McpHost.StartAsync(server =>
        {
            server.Services.AddErrandTools(options);
            server.Services.AddSingleton(gate ?? new Gate());
            server.Services.AddErrand().AddKind(new JobKind("command", _ => new Work(command ?? (_ => new(Said("done\n"))))));
            server.WithTools<Tools>();
        });

    /// <summary>How a command ends that has written this.</summary>
    public static JobOutcome Said(string stdout, int exitCode = 0)
    {
        var result = JobData.Parse($$"""{"stdout":{{JsonSerializer.Serialize(stdout)}},"stderr":"","exitCode":{{exitCode}}}""");
        return exitCode == 0
            ? JobOutcome.Completed(result) with { ExitCode = 0 }
            : JobOutcome.Failed(new("exit_code", $"The command ended with exit code {exitCode} instead of 0."), result) with { ExitCode = exitCode };
    }

    /// <summary>Calls a tool, and checks its answer by the schema that the tool is listed with.</summary>
    public static async Task<CallToolResult> AskAsync(this McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        var given = arguments.ToDictionary(argument => argument.Name, argument => argument.Value);
        var answer = await client.CallToolAsync(tool, given, cancellationToken: token);
        var listed = (await client.ListToolsAsync(cancellationToken: token)).Single(listed => listed.Name == tool);
        if (listed.ProtocolTool.OutputSchema is { } schema && answer.StructuredContent is { } content)
            Assert.Null(SchemaCheck.Problem(schema, content));
        return answer;
    }

    /// <summary>Calls a tool that is handed over, and gives the id of its job.</summary>
    public static async Task<string> HandOverAsync(this McpClient client, string tool = "run_command")
    {
        (string, object?)[] arguments = tool == "run_command" ? [("command", "make"), ("background", true)] : [("asyncTimeout", 1)];
        return (await client.AskAsync(tool, arguments)).Member("id")!;
    }

    public static JsonElement Json(this CallToolResult result) => result.StructuredContent!.Value;

    public static JsonElement At(this CallToolResult result, params string[] path) =>
        path.Aggregate(result.Json(), (value, name) => value.GetProperty(name));

    private sealed class Work(Func<JobContext, ValueTask<JobOutcome>> run) : IJobExecutor
    {
        public ValueTask<JobOutcome> RunAsync(JobContext job) => run(job);
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "greet"), Deferrable, Description("Greets once it may.")]
        public async Task<string> GreetAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "Hello";
        }

        [McpServerTool(Name = "refuse"), Deferrable, Description("Answers with an error once it may.")]
        public async Task<CallToolResult> RefuseAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return new() { IsError = true, Content = [new TextContentBlock { Text = "The index is locked." }] };
        }

        [McpServerTool(Name = "draw"), Deferrable, Description("Draws once it may.")]
        public async Task<CallToolResult> DrawAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return new() { Content = [new TextContentBlock { Text = "A dot." }, ImageContentBlock.FromBytes(new byte[] { 1, 2, 3 }, "image/png")] };
        }

        [McpServerTool(Name = "count", UseStructuredContent = true), Deferrable, Description("Counts once it may.")]
        public async Task<IReadOnlyList<string>> CountAsync(int to, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return [.. Enumerable.Range(1, to).Select(number => $"number {number}")];
        }

        [McpServerTool(Name = "tell"), Deferrable, Description("Tells many lines once it may.")]
        public async Task<string> TellAsync(int lines, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return string.Join('\n', Enumerable.Range(1, lines).Select(number => $"line {number}"));
        }

        [McpServerTool(Name = "look_alike", UseStructuredContent = true), Deferrable, Description("Answers with what looks like a handle.")]
        public static Dictionary<string, object> LookAlike() =>
            new() { ["status"] = "processing", ["isAsync"] = true, ["id"] = "a", ["isComplete"] = false };
    }
}
