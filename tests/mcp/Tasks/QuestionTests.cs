using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Tasks;

/// <summary>Tools that ask something while their calls may be handed over.</summary>
public sealed class QuestionTests
{
    private const string Yes = """{"action":"accept","content":{"sure":true}}""";

    private const string TasksOnly = """{"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_with_a_session_is_asked_over_it_as_without_Errand()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync(McpHost.Legacy, Answering("accept"));

        var answer = await client.CallToolAsync("confirm", cancellationToken: Token);

        Assert.Equal("accept", answer.Text());
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task I4_a_client_of_2026_without_tasks_is_asked_by_the_answer_and_comes_back()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync(McpHost.Current, Answering("accept"));

        var answer = await client.CallToolAsync("confirm", cancellationToken: Token);

        Assert.Equal("accept", answer.Text());
        Assert.Equal(JobState.Completed, Assert.Single((await host.Jobs.ListAsync(new(), Token)).Items).State);
    }

    [Fact]
    public async Task O6_a_task_asks_and_is_answered_by_its_client()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await CallAsync(client, "confirm");

        var asked = await WaitForAsync(client, id, "input_required");
        var (key, question) = Assert.Single((JsonObject)asked["inputRequests"]!);
        await AnswerAsync(client, id, key, Yes);

        Assert.Equal("elicitation/create", question!["method"]!.ToString());
        Assert.Equal("Sure?", question["params"]!["message"]!.ToString());
        Assert.Equal("accept", (await WaitForAsync(client, id, "completed"))["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O6_the_first_valid_answer_wins_from_whichever_surface()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await CallAsync(client, "confirm");
        var asked = await WaitForAsync(client, id, "input_required");
        string key = ((JsonObject)asked["inputRequests"]!).Single().Key;

        await host.Jobs.AnswerAsync(JobId.Parse(id), key, JobData.Parse("""{"action":"decline"}"""), "a person", Token);
        await AnswerAsync(client, id, key, Yes);

        Assert.Equal("decline", (await WaitForAsync(client, id, "completed"))["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O6_a_client_that_declared_no_elicitation_is_not_asked()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await CallAsync(client, "confirm");
        await host.Jobs.WaitAsync(JobId.Parse(id), new() { OrInput = true }, Token);

        var request = new JsonObject { ["taskId"] = id, ["_meta"] = JsonNode.Parse(TasksOnly) };
        var got = await client.SendAsync("tasks/get", request.ToJsonString(), Token);

        Assert.Equal("working", got["status"]!.ToString());
        Assert.Null(got["inputRequests"]);
        Assert.Equal("It waits for an answer that this client cannot give.", got["statusMessage"]!.ToString());
    }

    [Fact]
    public async Task I4_a_question_is_answered_after_a_restart_where_the_tool_may_run_again()
    {
        await using var first = await StartAsync();
        var client = await first.ConnectAsync();
        string id = await CallAsync(client, "confirm_again");
        var asked = await WaitForAsync(client, id, "input_required");
        string key = ((JsonObject)asked["inputRequests"]!).Single().Key;
        await first.EndAsync();
        await using var second = await first.StartAnotherAsync();
        client = await second.ConnectAsync();

        await WaitForAsync(client, id, "input_required");
        await AnswerAsync(client, id, key, Yes);

        Assert.Equal("accept", (await WaitForAsync(client, id, "completed"))["result"]!["content"]![0]!["text"]!.ToString());
        Assert.Equal(2, (await second.Jobs.GetAsync(JobId.Parse(id), Token)).Attempt);
    }

    [Fact]
    public async Task O6_sampling_inside_a_background_job_is_asked_and_answered()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await CallAsync(client, "sample");
        var asked = await WaitForAsync(client, id, "input_required");
        var (key, question) = Assert.Single((JsonObject)asked["inputRequests"]!);

        await AnswerAsync(client, id, key, """{"role":"assistant","model":"m","content":{"type":"text","text":"sampled"}}""");

        Assert.Equal("sampling/createMessage", question!["method"]!.ToString());
        Assert.Equal("sampled", (await WaitForAsync(client, id, "completed"))["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O2_an_exchange_that_a_tool_makes_itself_ends_before_the_task_begins()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync(McpHost.Current, Answering("accept", """{"name":"Ada"}"""));

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"exchange","arguments":{"asyncTimeout":20}}""", Token);
        host.Services.GetRequiredService<Gate>().Open();

        // The official client answers for itself and calls again.
        Assert.Equal("task", task["resultType"]!.ToString());
        Assert.Equal("round two Ada", (await WaitForAsync(client, task["taskId"]!.ToString(), "completed"))["result"]!["content"]![0]!["text"]!.ToString());
    }

    private static Task<McpHost> StartAsync() => McpHost.StartAsync(server =>
    {
        server.Services.AddSingleton<Gate>().Configure<ErrandOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        server.WithTools<Tools>();
    });

    private static McpClientOptions Answering(string action, string content = "{}") => new()
    {
        Capabilities = new() { Elicitation = new() },
        Handlers = new() { ElicitationHandler = (_, _) => ValueTask.FromResult(new ElicitResult
        {
            Action = action, Content = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(content),
        }) },
    };

    private static async Task<string> CallAsync(McpClient client, string tool) =>
        (await client.SendWithTasksAsync("tools/call", new JsonObject { ["name"] = tool }.ToJsonString(), Token))["taskId"]!.ToString();

    /// <summary>Answers a question, and one that nobody has asked.</summary>
    private static Task<JsonObject> AnswerAsync(McpClient client, string id, string key, string answer) => client.SendWithTasksAsync("tasks/update", new JsonObject
    {
        ["taskId"] = id, ["inputResponses"] = new JsonObject { [key] = JsonNode.Parse(answer), ["nonsense"] = new JsonObject { ["x"] = 1 } },
    }.ToJsonString(), Token);

    private static async Task<JsonObject> WaitForAsync(McpClient client, string id, string status)
    {
        while (true)
        {
            var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{id}}"}""", Token);
            if (got["status"]!.ToString() == status) return got;
            Assert.Contains(got["status"]!.ToString(), (string[])["working", "input_required"]);
            await Task.Yield();
        }
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "confirm"), Deferrable]
        public static async Task<string> ConfirmAsync(McpServer server, CancellationToken cancellationToken) =>
            (await server.ElicitAsync(new ElicitRequestParams { Message = "Sure?", RequestedSchema = new() }, cancellationToken)).Action;

        [McpServerTool(Name = "confirm_again"), Deferrable(Restartable = true)]
        public static Task<string> ConfirmAgainAsync(McpServer server, CancellationToken cancellationToken) => ConfirmAsync(server, cancellationToken);

        [McpServerTool(Name = "sample"), Deferrable]
        public static async Task<string> SampleAsync(McpServer server, CancellationToken cancellationToken)
        {
            var sampled = await server.SampleAsync(new CreateMessageRequestParams { Messages = [], MaxTokens = 5 }, cancellationToken);
            return ((TextContentBlock)sampled.Content[0]).Text;
        }

        [McpServerTool(Name = "exchange"), Deferrable]
        public async Task<string> ExchangeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
        {
            if (request.Params.InputResponses is not { } answers)
                throw new InputRequiredException(new Dictionary<string, InputRequest> { ["name"] = InputRequest.ForElicitation(new() { Message = "Who?", RequestedSchema = new() }) }, "round two");
            await gate.PassAsync(cancellationToken);
            return $"{request.Params.RequestState} {answers["name"].RawValue.GetProperty("content").GetProperty("name")}";
        }
    }
}
