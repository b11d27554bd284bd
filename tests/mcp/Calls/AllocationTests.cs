using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What it costs a call that it could be handed over.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Calls = 2_000;
    private const int Most = 1_280;

    [Fact]
    public async Task A2_a_call_that_ends_at_once_allocates_little_for_what_it_could_have_become()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var calls = host.Services.GetRequiredService<ToolCalls>();
        var options = host.Services.GetRequiredService<IOptions<McpServerOptions>>().Value;
        var server = new DetachedServer(options, host.Services, McpHost.Current);
        var tool = options.ToolCollection!["quick"];
        ResultOrAlternate<CallToolResult> result = new CallToolResult { Content = [] };

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        long bare = Calls * RequestBytes();
        double each = (GC.GetAllocatedBytesForCurrentThread() - before - bare) / (double)Calls;

        output.WriteLine($"{each:F0} bytes a call");
        Assert.InRange(each, 0, Most);

        void Run()
        {
            for (int i = 0; i < Calls; i++)
            {
                var call = calls.InvokeAsync(Request(), (_, _) => ValueTask.FromResult(result), CancellationToken.None);
                Assert.True(call.IsCompletedSuccessfully);
            }
        }

        RequestContext<CallToolRequestParams> Request() => new(
            server, new() { Id = new RequestId(1), Method = RequestMethods.ToolsCall, Context = new() { ProtocolVersion = McpHost.Current, ClientCapabilities = new() } },
            new CallToolRequestParams { Name = "quick" })
        {
            MatchedPrimitive = tool,
        };

        long RequestBytes()
        {
            long at = GC.GetAllocatedBytesForCurrentThread();
            Request();
            return GC.GetAllocatedBytesForCurrentThread() - at;
        }
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "quick"), Deferrable]
        public static string Quick() => "quick";
    }
}
