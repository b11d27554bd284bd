using System.IO.Pipelines;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>The list of a client's tasks of 2025-11-25.</summary>
public sealed class ListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_5_tasks_are_listed_by_page_newest_first_and_each_once()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        gate.Open();
        var made = await host.Jobs.SubmitAsync([.. Enumerable.Range(0, 120).Select(_ => new JobSpec("tool.slow", JobData.Parse("{}")))], Token);

        List<string> listed = [];
        List<int> pages = [];
        string parameters = "{}";
        for (JsonNode? next = ""; next is not null; parameters = $$"""{"cursor":"{{next}}"}""")
        {
            var page = await client.ResultAsync("tasks/list", parameters);
            var tasks = (JsonArray)page["tasks"]!;
            listed.AddRange(tasks.Select(task => task!["taskId"]!.ToString()));
            pages.Add(tasks.Count);
            next = page["nextCursor"];
        }

        Assert.Equal([50, 50, 20], pages);
        Assert.Equal(made.Select(job => job.Id.ToString()).Order(StringComparer.Ordinal).Reverse(), listed);
    }

    [Fact]
    public async Task O3_5_a_list_shows_tasks_as_tasks_get_does_and_none_of_others()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("stubborn");
        await gate.Begun;
        await client.ResultAsync("tasks/cancel", LegacyHost.Named(id));
        await host.Jobs.SubmitAsync(new JobSpec("tool.slow", JobData.Parse("{}")) { Owner = "somebody else" }, Token);

        var task = Assert.Single((JsonArray)(await client.ResultAsync("tasks/list"))["tasks"]!)!;
        gate.Open();

        Assert.Equal(id, task["taskId"]!.ToString());
        Assert.Equal("cancelled", task["status"]!.ToString());
    }

    [Theory, InlineData("\"x\""), InlineData("7"), InlineData("{}"), InlineData("\"\"")]
    public async Task O3_5_a_cursor_that_is_none_is_refused(string cursor)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        Assert.Equal(-32602, (await client.ErrorAsync("tasks/list", $$"""{"cursor":{{cursor}} }""")).Code);
        Assert.Empty((JsonArray)(await client.ResultAsync("tasks/list", """{"cursor":null}"""))["tasks"]!);
    }

    [Fact]
    public async Task O3_5_where_callers_cannot_be_told_apart_nothing_is_listed()
    {
        await using var host = await TaskTools.StartAsync(out _);
        var requests = host.Services.GetRequiredService<LegacyTaskRequests>();

        var refusal = await Assert.ThrowsAsync<McpProtocolException>(async () => await requests.ListAsync(OverHttp("tasks/list", null), Token));

        Assert.Equal(McpErrorCode.MethodNotFound, refusal.ErrorCode);
        Assert.NotNull(await requests.ListAsync(OverHttp("tasks/list", "ada"), Token));
    }

    [Theory, InlineData(null, false), InlineData("ada", true), InlineData("", false)]
    public async Task O3_5_the_list_is_offered_only_where_callers_can_be_told_apart(string? user, bool offered)
    {
        await using var host = await TaskTools.StartAsync(out _);
        var messages = new LegacyMessages(
            host.Services.GetRequiredService<ToolKinds>(), host.Services.GetRequiredService<IOptions<ErrandMcpOptions>>());
        await using var server = ModelContextProtocol.Server.McpServer.Create(Nowhere(), new());
        var request = OverHttp("initialize", user);
        var result = new JsonObject { ["protocolVersion"] = McpHost.Legacy, ["capabilities"] = new JsonObject() };
        var response = new JsonRpcResponse { Id = new(1), Result = result, Context = request.Context };

        await messages.AnswerAsync(new("initialize", server), new(server, response), (_, _) => Task.CompletedTask, Token);

        Assert.NotNull(result["capabilities"]!["tasks"]!["cancel"]);
        Assert.Equal(offered, result["capabilities"]!["tasks"]!["list"] is not null);
    }

    private static ModelContextProtocol.Server.StreamServerTransport Nowhere() => new(new Pipe().Reader.AsStream(), Stream.Null);

    /// <summary>A request as it comes over HTTP, of a user or of nobody in particular.</summary>
    private static JsonRpcRequest OverHttp(string method, string? user) => new()
    {
        Method = method, Id = new(1), Params = new JsonObject(),
        Context = new()
        {
            RelatedTransport = Nowhere(),
            User = user is null ? null : new ClaimsPrincipal(new ClaimsIdentity(user.Length == 0 ? [] : [new Claim("sub", user)], "test")),
        },
    };
}
