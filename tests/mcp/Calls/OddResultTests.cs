using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>Results that few tools have: a client is told the same of them inside its patience and after it.</summary>
public sealed class OddResultTests
{
    private const string Tasks = """{"extensions":{"io.modelcontextprotocol/tasks":{}}}""";

    public static TheoryData<string, string> Results
    {
        get
        {
            var results = new TheoryData<string, string>();
            foreach (string version in (string[])[McpHost.Current, McpHost.Legacy])
                foreach (string what in Tools.Results.Keys) results.Add(version, what);
            return results;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Results))]
    public async Task B_50_a_result_is_the_same_inside_the_window_and_after_it(string version, string what)
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        await using var client = await RawClient.ConnectAsync(host, version, Tasks);

        var inside = await client.ResultAsync("tools/call", $$$"""{"name":"odd","arguments":{"what":"{{{what}}}"}}""");
        string id = await HandOverAsync(client, version, what);
        gate.Open();
        var after = await EndAsync(host, client, version, id);

        // Only the answer to a request says which server gave it.
        DropMeta(inside, "io.modelcontextprotocol/serverInfo");
        Assert.Equal(inside.ToJsonString(), after.ToJsonString());
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task B_50_a_result_that_cannot_be_written_fails_its_job_and_says_so(string version)
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        await using var client = await RawClient.ConnectAsync(host, version, Tasks);

        var inside = await client.RequestAsync("tools/call", """{"name":"odd","arguments":{"what":"unwritable"}}""");
        string id = await HandOverAsync(client, version, "unwritable");
        gate.Open();
        var job = (await host.Jobs.WaitAsync(JobId.Parse(id), null, Token)).Job;

        Assert.NotNull(inside["error"]);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("cannot be", job.Outcome!.Error!.Message, StringComparison.Ordinal);
        // The server is as well as before.
        await client.ResultAsync("tools/call", """{"name":"odd","arguments":{"what":"empty"}}""");
    }

    private static async Task<string> HandOverAsync(RawClient client, string version, string what)
    {
        var made = await client.ResultAsync("tools/call", $$$"""{"name":"odd_late","arguments":{"what":"{{{what}}}","asyncTimeout":5},"task":{}}""");
        return (version == McpHost.Current ? made : made["task"]!)["taskId"]!.ToString();
    }

    private static async Task<JsonObject> EndAsync(McpHost host, RawClient client, string version, string id)
    {
        string parameters = $$"""{"taskId":"{{id}}"}""";
        if (version == McpHost.Current)
        {
            await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);
            return (JsonObject)(await client.ResultAsync("tasks/get", parameters))["result"]!;
        }
        var result = await client.ResultAsync("tasks/result", parameters);
        Assert.NotNull(result["_meta"]!["io.modelcontextprotocol/related-task"]);
        DropMeta(result, "io.modelcontextprotocol/related-task");
        return result;
    }

    private static void DropMeta(JsonObject result, string name)
    {
        if (result["_meta"] is not JsonObject meta) return;
        meta.Remove(name);
        if (meta.Count == 0) result.Remove("_meta");
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        private static readonly byte[] Bytes = [0, 1, 255];

        public static readonly Dictionary<string, Func<CallToolResult>> Results = new()
        {
            ["empty"] = () => new(),
            ["list"] = () => new() { Content = [new TextContentBlock { Text = "[1]" }], StructuredContent = Json("[1,{\"a\":null}]") },
            ["number"] = () => new() { StructuredContent = Json("1e2") },
            ["null"] = () => new() { StructuredContent = Json("null") },
            ["half"] = () => new() { Content = [new TextContentBlock { Text = "half \ud800 of it \0" }] },
            ["audio"] = () => new() { Content = [AudioContentBlock.FromBytes(Bytes, "audio/wav")] },
            ["link"] = () => new() { Content = [new ResourceLinkBlock { Uri = "file:///a", Name = "a", Size = 3 }] },
            ["resource"] = () => new()
            {
                Content = [new EmbeddedResourceBlock { Resource = BlobResourceContents.FromBytes(Bytes, "file:///a", "x/y") }],
            },
            ["notes"] = () => new()
            {
                Content =
                [
                    new TextContentBlock { Text = "t", Annotations = new() { Audience = [Role.User], Priority = 0.5f }, Meta = new() { ["a"] = 1 } },
                ],
                Meta = new() { ["errand/job"] = "x", ["b"] = new JsonArray(1, null) },
            },
        };

        [McpServerTool(Name = "odd"), Deferrable]
        public static CallToolResult Odd(string what) => what == "unwritable" ? new() { StructuredContent = new JsonElement() } : Results[what]();

        [McpServerTool(Name = "odd_late"), Deferrable]
        public async Task<CallToolResult> OddLateAsync(string what, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return Odd(what);
        }

        private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
    }
}
