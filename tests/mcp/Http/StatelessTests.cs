using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Http;

/// <summary>2026-07-28: each request by itself, with headers that say what its body says.</summary>
public sealed class StatelessTests
{
    private const int HeaderMismatch = -32020;
    private const int InvalidParams = -32602;

    [Fact]
    public async Task A_call_is_answered_and_there_is_no_session()
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(Current.Call("echo", new() { ["text"] = "hé" }).ToJsonString(), Current.Headers("echo"));
        Assert.Equal((200, "hé", null), (answer.Status, answer.Text, answer.Session));
        Assert.Equal("complete", (string)answer.Message!["result"]!["resultType"]!);
        Assert.Equal(0, host.Sessions.Count);
    }

    [Fact]
    public async Task A_session_that_is_named_has_no_meaning()
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.EchoAsync(Current.Headers("echo", Legacy.Session("whatever")));
        Assert.Equal((200, "x"), (answer.Status, answer.Text));
    }

    public static TheoryData<string, string?, string?, string?> Mismatches => new()
    {
        { "another method", Current.Revision, "tools/list", "echo" },
        { "no method", Current.Revision, null, "echo" },
        { "another case", Current.Revision, "Tools/Call", "echo" },
        { "another name", Current.Revision, "tools/call", "wait" },
        { "no name", Current.Revision, "tools/call", null },
        { "another name, in base 64", Current.Revision, "tools/call", "=?base64?d2FpdA==?=" },
        { "a base 64 that is none", Current.Revision, "tools/call", "=?base64?!?=" },
        { "no version", null, "tools/call", "echo" },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task Headers_that_do_not_say_what_the_body_says_are_refused(string what, string? version, string? method, string? name)
    {
        await using var host = await HttpHost.StartAsync();
        (string Name, string? Value)[] headers = [("MCP-Protocol-Version", version), ("Mcp-Method", method), ("Mcp-Name", name)];
        var answer = await host.EchoAsync(Given(headers));
        Assert.True((400, HeaderMismatch, "a") == (answer.Status, answer.Code, (string?)answer.Message!["id"]), $"{what}: {answer.Body}");
    }

    private static (string, string)[] Given((string Name, string? Value)[] headers) =>
        [.. from header in headers where header.Value is not null select (header.Name, header.Value!)];

    [Theory]
    [InlineData(" echo ")]
    [InlineData("=?base64?ZWNobw==?=")]
    public async Task A_name_may_come_with_space_around_or_in_base_64(string name)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.EchoAsync(Current.Version, Current.Method("tools/call"), Current.Name(name));
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("io.modelcontextprotocol/protocolVersion")]
    [InlineData("io.modelcontextprotocol/clientCapabilities")]
    public async Task What_a_request_must_say_of_itself_is_asked_for_by_name(string field)
    {
        await using var host = await HttpHost.StartAsync();
        var request = Current.Call("echo");
        request["params"]!["_meta"]!.AsObject().Remove(field);
        var answer = await host.PostAsync(request.ToJsonString(), Current.Headers("echo"));
        Assert.Equal((400, InvalidParams), (answer.Status, answer.Code));
        Assert.Contains(field, (string)answer.Message!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_that_is_not_spoken_is_refused_with_those_that_are()
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(
            Current.Request("server/discover", version: "2099-01-01").ToJsonString(),
            ("MCP-Protocol-Version", "2099-01-01"), Current.Method("server/discover"));
        Assert.Equal((400, -32022), (answer.Status, answer.Code));
        Assert.Equal("2099-01-01", (string)answer.Message!["error"]!["data"]!["requested"]!);
        Assert.Equal([Current.Revision], answer.Message["error"]!["data"]!["supported"]!.AsArray().Select(one => (string)one!));
    }

    [Theory]
    [InlineData("unknown/method")]
    [InlineData("initialize")]
    [InlineData("ping")]
    public async Task A_method_that_is_not_there_is_not_found(string method)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(Current.Request(method).ToJsonString(), Current.Version, Current.Method(method));
        Assert.Equal((404, -32601), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task There_is_nothing_to_get_and_nothing_to_delete(string method)
    {
        await using var host = await HttpHost.StartAsync();
        Assert.Equal(405, (await host.SendAsync(HttpMethod.Parse(method), Current.Version)).Status);
    }

    public static TheoryData<string, int> Regions => new()
    {
        { "eu", 200 }, { "EU", 400 }, { "=?base64?ZXU=?=", 200 }, { "=?base64?ZXU?=", 400 }, { "=?base64?XX==?=", 400 }, { " eu ", 200 },
    };

    [Theory]
    [MemberData(nameof(Regions))]
    public async Task A_parameter_that_is_repeated_in_a_header_must_be_the_same_there(string header, int status)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.CallAsync("routed", new() { ["region"] = "eu" }, ("Mcp-Param-Region", header));
        Assert.Equal((status, status == 200 ? null : HeaderMismatch), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("""{"region":"eu"}""", null, null, 400)]
    [InlineData("""{}""", "eu", null, 400)]
    [InlineData("""{}""", null, null, 200)]
    [InlineData("""{"region":null}""", null, null, 200)]
    [InlineData("""{"count":42}""", null, "42", 200)]
    [InlineData("""{"count":42}""", null, "42.0", 200)]
    [InlineData("""{"count":42}""", null, "43", 400)]
    [InlineData("""{"count":42.5}""", null, "42.5", 400)]
    [InlineData("""{"count":9007199254740993}""", null, "9007199254740993", 400)]
    public async Task Parameters_in_headers_are_there_when_their_arguments_are_and_integers_are_numbers(
        string arguments, string? region, string? count, int status)
    {
        await using var host = await HttpHost.StartAsync();
        (string Name, string? Value)[] headers = [("Mcp-Param-Region", region), ("Mcp-Param-Count", count)];
        var answer = await host.CallAsync("routed", (JsonObject)JsonNode.Parse(arguments)!, Given(headers));
        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("one", 200)]
    [InlineData("two", 400)]
    public async Task Requests_of_ones_own_are_routed_by_the_parameter_that_they_name(string header, int status)
    {
        await using var host = await HttpHost.StartAsync(services: services => services.Configure<McpServerOptions>(options =>
            options.RequestHandlers = [new() { Method = "own/get", RoutingNameParameter = "key", Handler = (_, _) => new(new JsonObject()) }]));
        string request = Current.Request("own/get", new() { ["key"] = "one" }).ToJsonString();
        var answer = await host.PostAsync(request, Current.Version, Current.Method("own/get"), Current.Name(header));
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_notification_is_accepted()
    {
        await using var host = await HttpHost.StartAsync();
        string notification = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""";
        var answer = await host.PostAsync(notification, Current.Version, Current.Method("notifications/cancelled"));
        Assert.Equal((202, ""), (answer.Status, answer.Body));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_goes_away_cancels_its_call()
    {
        await using var host = await HttpHost.StartAsync();
        using var leave = new CancellationTokenSource();
        var call = host.OpenAsync(HttpMethod.Post, HttpHost.Json(Current.Call("wait").ToJsonString()), Current.Headers("wait"), leave.Token);
        await host.Tools.Began.Task;
        await leave.CancelAsync();
        Assert.Equal("cancelled", await host.Tools.Ended.Task);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_call_has_the_services_of_its_own_request()
    {
        await using var host = await HttpHost.StartAsync(before: app => app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<Tenant>().Name = context.Request.Headers["X-Tenant"].ToString();
            return next(context);
        }));
        Assert.Equal("a", (await host.CallAsync("tenant", new(), ("X-Tenant", "a"))).Text);
        Assert.Equal("b", (await host.CallAsync("tenant", new(), ("X-Tenant", "b"))).Text);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_changes_while_the_application_runs_is_there_for_the_next_request()
    {
        await using var host = await HttpHost.StartAsync();
        host.App.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<McpServerOptions>>().Value.ToolCollection!
            .Add(McpServerTool.Create(() => "new", new() { Name = "added" }));
        Assert.Equal("new", (await host.PostAsync(Current.Call("added").ToJsonString(), Current.Headers("added"))).Text);
        Assert.Equal("new", (await host.PostAsync(Legacy.Call("added"), Legacy.Session(await host.BeginAsync()))).Text);
    }
}
