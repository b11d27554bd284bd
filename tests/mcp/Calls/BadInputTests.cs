using System.Text.Json.Nodes;
using Errand.Mcp.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>Requests that cannot be meant: each is refused with the code that the protocol has for it, and nothing is started.</summary>
public sealed class BadInputTests
{
    private const int InvalidParams = -32602;
    private const int InternalError = -32603;
    private const string Tasks = """{"extensions":{"io.modelcontextprotocol/tasks":{}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Requests
    {
        get
        {
            var requests = new TheoryData<string, string, string>();
            foreach (string version in (string[])[McpHost.Current, McpHost.Legacy])
            {
                foreach (string call in (string[])
                    ["""{}""", """{"name":5}""", """{"name":"work","arguments":"x"}""", """{"name":"work","arguments":[1]}"""])
                    requests.Add(version, "tools/call", call);
                requests.Add(version, "tools/list", """{"cursor":{}}""");
                foreach (string id in (string[])
                    ["5", "null", "[]", "\"\"", "\"x\"", "\"../../etc/passwd\"", "\"000000000000000000000000000000000000\""])
                    foreach (string method in (string[])["tasks/get", "tasks/cancel"])
                        requests.Add(version, method, $$"""{"taskId":{{id}}}""");
            }
            requests.Add(McpHost.Current, "tasks/update", """{"taskId":"x","inputResponses":5}""");
            requests.Add(McpHost.Current, "subscriptions/listen", """{"notifications":"all"}""");
            requests.Add(McpHost.Current, "subscriptions/listen", """{}""");
            requests.Add(McpHost.Legacy, "tasks/result", """{"taskId":"x"}""");
            requests.Add(McpHost.Legacy, "tasks/list", """{"cursor":"x"}""");
            return requests;
        }
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task B_50_params_that_cannot_be_meant_are_the_clients_mistake(string version, string method, string parameters)
    {
        await using var host = await McpHost.StartAsync<Tools>();
        await using var client = await RawClient.ConnectAsync(host, version, Tasks);

        var (code, message) = await client.ErrorAsync(method, parameters);

        Assert.Equal(InvalidParams, code);
        Assert.NotEqual("An error occurred.", message);
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Theory]
    [InlineData("""{"elicitation":5}""")]
    [InlineData("""{"extensions":[]}""")]
    [InlineData("5")]
    [InlineData("[]")]
    public async Task B_50_capabilities_that_are_none_are_refused(string capabilities)
    {
        await using var host = await HttpHost.StartAsync(services: services => services.AddMcpServer().WithErrand());
        var call = Current.Call("echo", new() { ["text"] = "x" });
        call["params"]!["_meta"]!["io.modelcontextprotocol/clientCapabilities"] = JsonNode.Parse(capabilities);

        var answer = await host.PostAsync(call.ToJsonString(), Current.Headers("echo"));

        Assert.Equal(InvalidParams, answer.Code);
        Assert.Equal("a", (string?)answer.Message!["id"]);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task B_50_a_reference_to_what_has_no_result_starts_no_task(string version)
    {
        await using var host = await McpHost.StartAsync<Tools>();
        await using var client = await RawClient.ConnectAsync(host, version, Tasks);
        var failed = await host.Jobs.SubmitAsync(new JobSpec("tool.fail"), Token);
        await host.Jobs.WaitAsync(failed.Id, null, Token);

        var answer = await client.RequestAsync("tools/call", $$$"""{"name":"work","arguments":{"text":{"$job":"{{{failed.Id}}}"}},"task":{}}""");

        if (version == McpHost.Legacy) Assert.Equal(InvalidParams, (int)answer["error"]!["code"]!);
        else Assert.True((bool)answer["result"]!["isError"]!);
        Assert.DoesNotContain($"{InternalError}", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Single((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "work"), Deferrable]
        public static string Work(string text) => text;

        [McpServerTool(Name = "fail"), Deferrable]
        public static string Fail() => throw new ModelContextProtocol.McpException("no luck");
    }
}
