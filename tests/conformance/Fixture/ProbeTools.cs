using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

/// <summary>Tools by which the suite looks at the server itself.</summary>
[McpServerToolType]
internal sealed class ProbeTools
{
    private const string Passing = "passing";

    [McpServerTool(Name = "test_missing_capability"), Description("Needs a client that can sample.")]
    public static string NeedsSampling(RequestContext<CallToolRequestParams> context)
    {
        if (context.JsonRpcRequest.Context?.ClientCapabilities?.Sampling is not null) return "The client can sample.";
        throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new() }, "This tool needs a client that can sample.");
    }

    [McpServerTool(Name = "test_streaming_elicitation"), Description("Answers with nothing but its result.")]
    public static string Stream() => "A result, and nothing else.";

    [McpServerTool(Name = "test_logging_tool"), Description("Logs to the client, if that wants to hear of it.")]
    public static string Log(McpServer server)
    {
        using var provider = server.AsClientLoggerProvider();
#pragma warning disable CA1848 // It is sent to the client.
        provider.CreateLogger(nameof(ProbeTools)).LogInformation("Logged.");
#pragma warning restore CA1848
        return "Logged, if the client wanted it.";
    }

    [McpServerTool(Name = "test_header_tool"), Description("Has a parameter that is repeated in a header.")]
    public static string Header([McpHeader("Region"), Description("Where to run.")] string region, [Description("What to run.")] string query) =>
        $"{query} in {region}";

    [McpServerTool(Name = "test_trigger_tool_change"), Description("Changes the list of tools.")]
    public static string ChangeTools(McpServer server) =>
        Change(server.ServerOptions.ToolCollection!, () => McpServerTool.Create(() => "", new() { Name = Passing }));

    [McpServerTool(Name = "test_trigger_prompt_change"), Description("Changes the list of prompts.")]
    public static string ChangePrompts(McpServer server) =>
        Change(server.ServerOptions.PromptCollection!, () => McpServerPrompt.Create(() => "", new() { Name = Passing }));

    // It goes as it came, so that the list is the same for the next scenario.
    private static string Change<T>(McpServerPrimitiveCollection<T> all, Func<T> create) where T : IMcpServerPrimitive
    {
        var one = create();
        all.Add(one);
        all.Remove(one);
        return "Changed.";
    }
}
