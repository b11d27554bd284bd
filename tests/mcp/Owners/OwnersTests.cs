using System.Text;
using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Errand.Mcp.Tests.Http;
using Errand.Mcp.Tests.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp.Tests.Owners;

/// <summary>Jobs belong to whoever made them: nobody else sees, follows, stops or answers them, or learns that they are there.</summary>
public sealed class OwnersTests
{
    private const string Canary = "canary-5309";
    private static readonly string[] Followers = ["job_status", "job_wait", "job_result", "job_output", "job_cancel", "job_retry", "job_input"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task P3_jobs_of_another_owner_are_not_there(string version)
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        await using var ann = await ConnectAsync(host, version, "ann");
        await using var bob = await ConnectAsync(host, version, "bob");
        string id = (await ann.AskAsync("run_command", ("command", Canary), ("title", Canary), ("background", true))).Member("id")!;
        await gate.Begun;
        Assert.Equal("ann", (await Jobs(host).GetAsync(JobId.Parse(id), Token)).Owner);

        foreach (string tool in Followers)
        {
            var forbidden = await bob.AskAsync(tool, With(tool, id));
            Assert.True(forbidden.IsError);
            string nobody = new('0', 36);
            var missing = await bob.AskAsync(tool, With(tool, nobody));
            Assert.Equal(All(missing).Replace(nobody, id, StringComparison.Ordinal), All(forbidden));
        }
        Assert.Equal(0, (await bob.AskAsync("job_list")).At("items").GetArrayLength());
        Assert.Equal(1, (await ann.AskAsync("job_list")).At("items").GetArrayLength());

        // A twin is told of only to the owner of both.
        Assert.DoesNotContain(id, All(await bob.AskAsync("run_command", ("command", Canary), ("background", true))), StringComparison.Ordinal);
        gate.Open();
        var end = await ann.AskAsync("job_wait", ("id", id));
        Assert.Equal("completed", end.At("job", "state").GetString());
        Assert.Contains(Canary, All(end), StringComparison.Ordinal);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task P3_tasks_of_another_owner_are_not_there(string version)
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        await using var ann = await ConnectAsync(host, version, "ann");
        await using var bob = await ConnectAsync(host, version, "bob");
        string id = await ann.HandOverAsync(), nobody = new('0', 36);
        await gate.Begun;

        string forbidden = await TaskAsync(host, bob, "bob", version, id), missing = await TaskAsync(host, bob, "bob", version, nobody);

        Assert.Contains("was not found", forbidden, StringComparison.Ordinal);
        Assert.Equal(missing.Replace(nobody, id, StringComparison.Ordinal), forbidden);
        Assert.Contains("\"working\"", await TaskAsync(host, ann, "ann", version, id), StringComparison.Ordinal);
        gate.Open();
    }

    [Fact]
    public async Task P3_without_authentication_the_id_is_all_it_takes_and_nothing_is_listed()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        await using var one = await ConnectAsync(host, McpHost.Current, null);
        await using var other = await ConnectAsync(host, McpHost.Current, null);
        await using var ann = await ConnectAsync(host, McpHost.Current, "ann");
        string id = await one.HandOverAsync();
        await gate.Begun;

        var list = await one.AskAsync("job_list");
        Assert.True(list.IsError);
        Assert.Equal("no_list", list.Member("code"));
        Assert.Contains("cannot tell its callers apart", list.Text(), StringComparison.Ordinal);
        Assert.Equal("running", (await other.AskAsync("job_status", ("id", id))).Member("state"));
        Assert.Equal("not_found", (await ann.AskAsync("job_status", ("id", id))).Member("code"));
        gate.Open();
        Assert.Equal("completed", (await other.AskAsync("job_wait", ("id", id))).At("job", "state").GetString());
    }

    [Fact]
    public async Task P3_a_retry_belongs_to_whom_the_job_belonged_and_the_history_says_who_cancelled()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        await using var ann = await ConnectAsync(host, McpHost.Current, "ann");
        string id = await ann.HandOverAsync();
        await gate.Begun;
        await ann.AskAsync("job_cancel", ("id", id));
        var end = await ann.AskAsync("job_wait", ("id", id));
        Assert.Contains("was cancelled by ann.", end.Text(), StringComparison.Ordinal);
        gate.Open();
        var again = JobId.Parse((await ann.AskAsync("job_retry", ("id", id))).Member("id")!);
        Assert.Equal("ann", (await Jobs(host).GetAsync(again, Token)).Owner);
    }

    private static (string, object?)[] With(string tool, string id) => tool == "job_input" ? [("id", id), ("answer", "yes")] : [("id", id)];

    private static string All(CallToolResult answer) => answer.Text() + answer.StructuredContent?.GetRawText();

    private static async Task<string> TaskAsync(HttpHost host, McpClient client, string user, string version, string id)
    {
        if (version == McpHost.Current) return await PostAsync(host, user, id);
        try { return (await client.SendAsync("tasks/get", $$"""{"taskId":"{{id}}"}""", Token)).ToJsonString(); }
        catch (McpProtocolException e) { return e.Message; }
    }

    // The official client does not know which header such a request needs.
    private static async Task<string> PostAsync(HttpHost host, string user, string id)
    {
        string body = $$$"""
            {"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"{{{id}}}","_meta":{
              "io.modelcontextprotocol/protocolVersion":"{{{McpHost.Current}}}",
              "io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{} } } } } }
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/mcp", UriKind.Relative)) { Content = content };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", McpHost.Current);
        request.Headers.Add("Mcp-Method", "tasks/get");
        request.Headers.Add("Mcp-Name", id);
        request.Headers.Add(UserHeader.Name, user);
        using var answer = await host.Client.SendAsync(request, Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private static IJobClient Jobs(HttpHost host) => host.App.Services.GetRequiredService<IJobClient>();

    private static Task<HttpHost> StartAsync(Gate gate) => HttpHost.StartOwnAsync(
        services =>
        {
            services.AddMcpServer().WithErrand(errand => errand.AddKind(new JobKind("command", _ => new Work(gate))));
            services.AddErrandTools();
            services.AddErrandMcpHttp();
        },
        app =>
        {
            UserHeader.Use(app);
            app.MapErrandMcp();
        });

    private static Task<McpClient> ConnectAsync(HttpHost host, string version, string? user) => McpClient.CreateAsync(
        new HttpClientTransport(new()
        {
            Endpoint = new Uri(host.Client.BaseAddress!, "/mcp"), TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = user is null ? [] : new Dictionary<string, string> { [UserHeader.Name] = user },
        }),
        new() { ProtocolVersion = version }, cancellationToken: Token);

    /// <summary>A command that writes what it was given, and ends once it may.</summary>
    private sealed class Work(Gate gate) : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            string command = job.Input.ToElement().GetProperty("command").GetString()!;
            job.Log(command);
            await gate.PassAsync(job.CancellationToken);
            return JobOutcome.Completed(JobData.Parse($$"""{"stdout":{{JsonSerializer.Serialize(command)}},"stderr":"","exitCode":0}"""));
        }
    }
}
