using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What a call may say of how it is handed over.</summary>
public sealed class ParameterTests
{
    private static int _started;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-1000", "asyncTimeout must be a positive number")]
    [InlineData("0", "asyncTimeout must be a positive number")]
    [InlineData("2.5", "asyncTimeout must be an integer")]
    [InlineData("\"abc\"", "asyncTimeout must be an integer")]
    [InlineData("true", "asyncTimeout must be an integer")]
    [InlineData("{}", "asyncTimeout must be an integer")]
    [InlineData("1e300", "asyncTimeout must be an integer")]
    public async Task B_02_a_patience_that_is_none_is_refused_and_nothing_is_started(string value, string words)
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();
        int before = _started;

        var answer = await CallAsync(client, "count", $$"""{"asyncTimeout":{{value}}}""");

        Assert.True(answer.IsError);
        Assert.Contains(words, answer.Text(), StringComparison.Ordinal);
        Assert.Equal("asyncTimeout", answer.Member("param"));
        Assert.Equal(before, _started);
    }

    [Theory]
    [InlineData("\"bogus\"", "'bogus' is not a valid response format; use minimal, standard or full.")]
    [InlineData("7", "'7' is not a valid response format; use minimal, standard or full.")]
    public async Task B_11_a_response_format_that_is_none_is_refused(string value, string words)
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "count", $$"""{"_async_response_format":{{value}}}""");

        Assert.True(answer.IsError);
        Assert.Equal(words, answer.Text());
    }

    [Fact]
    public async Task A6_strictness_that_is_none_is_refused()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "count", """{"_async_strict":"yes"}""");

        Assert.True(answer.IsError);
        Assert.Equal("_async_strict must be true or false; it is \"yes\".", answer.Text());
    }

    [Fact]
    public async Task O7_a_tools_own_asyncTimeout_parameter_wins()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "own", """{"asyncTimeout":-7}""");

        Assert.Equal("-7", answer.Text());
    }

    [Fact]
    public async Task A5_what_is_said_for_the_hand_over_does_not_reach_the_tool()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "names", """{"asyncTimeout":60000,"_async_response_format":"full","_async_strict":true,"x":1}""");

        Assert.Equal("x", answer.Text());
    }

    [Fact]
    public async Task A5_a_tool_that_decides_itself_takes_nothing_from_its_callers()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "fixed", """{"asyncTimeout":"abc"}""");

        Assert.Equal("asyncTimeout", answer.Text());
    }

    [Theory]
    [InlineData("minimal", new[] { "id", "isAsync", "isComplete", "status" })]
    [InlineData("standard", new[] { "id", "isAsync", "isComplete", "message", "next", "pollIntervalMs", "progress", "startedAt", "state", "status" })]
    [InlineData("full", new[] { "canRetry", "expectedSchema", "id", "isAsync", "isComplete", "message", "next", "pollIntervalMs", "progress", "retryCount", "startedAt", "state", "status" })]
    public async Task B_12_a_handle_says_as_much_as_its_caller_wants(string detail, string[] members)
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "forever", $$"""{"asyncTimeout":50,"_async_response_format":"{{detail}}"}""");

        Assert.Equal(members, answer.StructuredContent!.Value.EnumerateObject().Select(member => member.Name).Where(name => name is not "eta").Order(StringComparer.Ordinal));
        await host.Jobs.CancelAllAsync(new(), "the test", Token);
    }

    [Fact]
    public async Task B_51_a_strict_caller_is_given_an_error_with_the_id_and_the_work_completes()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "forever", """{"asyncTimeout":20,"_async_strict":true}""");

        Assert.True(answer.IsError);
        Assert.Equal("ASYNC_TIMEOUT", answer.Member("code"));
        var id = JobId.Parse(answer.Member("id")!);
        Assert.Equal(JobState.Running, (await host.Jobs.GetAsync(id, Token)).State);
        await host.Jobs.CancelAsync(id, "the test", Token);
    }

    [Fact]
    public async Task A5_what_a_tool_takes_for_the_hand_over_is_listed()
    {
        await using var host = await McpHost.StartAsync<Tools>();
        var client = await host.ConnectAsync();

        var tools = (await client.ListToolsAsync(cancellationToken: Token)).ToDictionary(tool => tool.Name, tool => tool.ProtocolTool.InputSchema);

        Assert.Equal(["_async_response_format", "_async_strict", "asyncTimeout"], Parameters("count"));
        Assert.Equal(["_async_response_format", "_async_strict", "asyncTimeout"], Parameters("own"));
        Assert.Equal("An own one.", tools["own"].GetProperty("properties").GetProperty("asyncTimeout").GetProperty("description").GetString());
        Assert.Empty(Parameters("fixed"));
        Assert.Empty(Parameters("plain"));

        IEnumerable<string> Parameters(string tool) => tools[tool].TryGetProperty("properties", out var own)
            ? own.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
            : [];
    }

    private static ValueTask<CallToolResult> CallAsync(McpClient client, string tool, string arguments) => client.CallToolAsync(
        new CallToolRequestParams { Name = tool, Arguments = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments) }, Token);

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "count"), Deferrable]
        public static int Count() => Interlocked.Increment(ref _started);

        [McpServerTool(Name = "own"), Deferrable]
        public static int Own([System.ComponentModel.Description("An own one.")] int asyncTimeout) => asyncTimeout;

        [McpServerTool(Name = "plain")]
        public static string Plain() => "plain";

        [McpServerTool(Name = "names"), Deferrable]
        public static string Names(RequestContext<CallToolRequestParams> request) => string.Join(' ', request.Params.Arguments!.Keys);

        [McpServerTool(Name = "fixed"), Deferrable(CallerDecides = false)]
        public static string Fixed(RequestContext<CallToolRequestParams> request) => string.Join(' ', request.Params.Arguments!.Keys);

        [McpServerTool(Name = "forever", UseStructuredContent = true), Deferrable]
        public static async Task<Sum> ForeverAsync(IProgress<ModelContextProtocol.ProgressNotificationValue> progress, CancellationToken cancellationToken)
        {
            progress.Report(new() { Progress = 1, Total = 2, Message = "half" });
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new(1);
        }
    }

    private sealed record Sum(int Value);
}
