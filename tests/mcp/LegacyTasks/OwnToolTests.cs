using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>Errand's own tool that starts jobs, called as a task of 2025-11-25.</summary>
public sealed class OwnToolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_1_a_command_can_become_a_task()
    {
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host);

        var tools = (JsonArray)(await client.ResultAsync("tools/list"))["tools"]!;
        var tool = Assert.Single(tools, tool => tool!["name"]!.ToString() == "run_command")!;

        Assert.Equal("optional", tool["execution"]!["taskSupport"]!.ToString());
    }

    [Fact]
    public async Task O3_3_the_result_of_a_command_is_what_the_call_would_have_been_answered()
    {
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("run_command", """{"command":"echo"}""", """{"ttl":600000}""");
        var result = await client.ResultAsync("tasks/result", LegacyHost.Named(id));
        var plain = await client.ResultAsync("tools/call", """{"name":"run_command","arguments":{"command":"echo"}}""");

        result.Remove("_meta");
        Assert.Equal(plain.ToJsonString(), result.ToJsonString());
        Assert.Equal(TimeSpan.FromMinutes(10), (await host.Jobs.GetAsync(JobId.Parse(id), Token)).Spec.KeepFor);
    }

    [Theory, InlineData("""{"ttl":-1}""", """{"command":"echo"}"""), InlineData("7", """{"command":"echo"}"""), InlineData("{}", """{"commando":"echo"}""")]
    public async Task O3_2_what_is_no_call_is_refused_in_the_words_of_the_protocol(string task, string arguments)
    {
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host);

        var (code, _) = await client.ErrorAsync("tools/call", $$"""{"name":"run_command","arguments":{{arguments}},"task":{{task}} }""");

        Assert.Equal(-32602, code);
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    private static Task<McpHost> StartAsync() => McpHost.StartAsync(server =>
    {
        server.WithErrand(errand => errand.AddJob("command", (JsonElement input, JobContext _) =>
            Task.FromResult(JsonElement.Parse($$"""{"stdout":"{{input.GetProperty("command").GetString()}}","stderr":"","exitCode":0}"""))));
        server.Services.AddErrandTools();
    });
}
