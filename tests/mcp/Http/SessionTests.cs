using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Http;

/// <summary>Before 2026-07-28: a client initialises a session and works within it.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Initialize_begins_a_session_and_each_has_a_name_that_nobody_guesses()
    {
        await using var host = await HttpHost.StartAsync();
        string first = await host.BeginAsync(), second = await host.BeginAsync();
        Assert.NotEqual(first, second);
        // 128 bits are 22 characters of base 64.
        Assert.All([first, second], id => Assert.True(id.Length >= 22));
        Assert.Equal(2, host.Sessions.Count);
        Assert.Equal("x", (await host.PostAsync(Legacy.Call("echo", new() { ["text"] = "x" }), Legacy.Session(first))).Text);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task O1_every_older_revision_is_agreed_on(string version)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(Legacy.Initialize.Replace("2025-11-25", version, StringComparison.Ordinal));
        Assert.Equal(version, (string)answer.Message!["result"]!["protocolVersion"]!);
        (string, string)[] inSession = [Legacy.Session(answer.Session!), ("MCP-Protocol-Version", version)];
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, inSession)).Status);
        // Without the header the session's revision is meant.
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, inSession[0])).Status);
    }

    [Theory]
    [InlineData("1999-01-01", -32022)]
    [InlineData("2025-06-18", -32600)]
    public async Task A_revision_that_is_not_the_sessions_is_refused(string version, int code)
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        var answer = await host.PostAsync(Legacy.Ping, Legacy.Session(session), ("MCP-Protocol-Version", version));
        Assert.Equal((400, code), (answer.Status, answer.Code));
        var get = await host.SendAsync(HttpMethod.Get, Legacy.Session(session), ("MCP-Protocol-Version", version));
        Assert.Equal((400, code), (get.Status, get.Code));
    }

    [Fact]
    public async Task Who_names_no_session_or_one_that_is_not_there_is_told_so()
    {
        await using var host = await HttpHost.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete])
        {
            Assert.Equal(400, (await host.SendAsync(method)).Status);
            Assert.Equal(404, (await host.SendAsync(method, Legacy.Session("unknown"))).Status);
        }
        Assert.Equal(400, (await host.PostAsync(Legacy.Ping)).Status);
        Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session("unknown"))).Status);
        Assert.Equal(404, (await host.PostAsync(Legacy.Initialize, Legacy.Session("unknown"))).Status);
        Assert.Equal(400, (await host.PostAsync(Legacy.Initialize, Legacy.Session(await host.BeginAsync()))).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Delete_ends_a_session_and_the_calls_in_it()
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        using var call = await host.OpenAsync(HttpMethod.Post, HttpHost.Json(Legacy.Call("wait")), [Legacy.Session(session)]);
        await host.Tools.Began.Task;
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, Legacy.Session(session))).Status);
        Assert.Equal("cancelled", await host.Tools.Ended.Task);
        Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session(session))).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Delete, Legacy.Session(session))).Status);
        Assert.Equal(0, host.Sessions.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_breaks_cancels_nothing_and_is_noted()
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        var noted = await BreakAsync(host, Legacy.Session(session));
        await noted;
        host.Tools.Gate.SetResult();
        Assert.Equal("completed", await host.Tools.Ended.Task);
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, Legacy.Session(session))).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_breaks_cancels_nothing_without_sessions_either()
    {
        await using var host = await HttpHost.StartAsync(options => options.Sessions = false);
        var noted = await BreakAsync(host);
        await noted;
        host.Tools.Gate.SetResult();
        Assert.Equal("completed", await host.Tools.Ended.Task);
    }

    [Fact]
    public async Task A_client_that_is_refused_has_no_session()
    {
        await using var host = await HttpHost.StartAsync(services: services => services.Configure<McpServerOptions>(options =>
            options.Filters.Message.IncomingFilters.Add(_ => (_, _) => throw new McpProtocolException("Not you.", McpErrorCode.InvalidRequest))));
        var answer = await host.PostAsync(Legacy.Initialize);
        Assert.NotNull(answer.Code);
        Assert.Equal(0, host.Sessions.Count);
        // The headers may have left before the refusal was there.
        if (answer.Session is { } session) Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session(session))).Status);
    }

    [Fact]
    public async Task There_are_no_more_sessions_than_there_may_be()
    {
        await using var host = await HttpHost.StartAsync(options => options.MaxSessions = 2);
        string first = await host.BeginAsync();
        await host.BeginAsync();
        var refused = await host.PostAsync(Legacy.Initialize);
        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, Legacy.Session(first))).Status);
        await host.BeginAsync();
    }

    [Fact]
    public async Task Without_sessions_each_request_is_served_by_itself()
    {
        await using var host = await HttpHost.StartAsync(options => options.Sessions = false);
        Assert.Null((await host.PostAsync(Legacy.Initialize)).Session);
        Assert.Equal("x", (await host.PostAsync(Legacy.Call("echo", new() { ["text"] = "x" }))).Text);
        Assert.Equal(405, (await host.SendAsync(HttpMethod.Get, Legacy.Session("x"))).Status);
        Assert.Equal(405, (await host.SendAsync(HttpMethod.Delete, Legacy.Session("x"))).Status);
    }

    [Fact]
    public async Task Requests_without_a_session_may_be_served_beside_those_with_one()
    {
        await using var host = await HttpHost.StartAsync(options => options.AllowWithoutSession = true);
        Assert.Equal("x", (await host.PostAsync(Legacy.Call("echo", new() { ["text"] = "x" }))).Text);
        string session = await host.BeginAsync();
        Assert.Equal("y", (await host.PostAsync(Legacy.Call("echo", new() { ["text"] = "y" }), Legacy.Session(session))).Text);
        Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session("unknown"))).Status);
    }

    /// <summary>Begins a call and goes away; what comes back ends once the call has heard of it.</summary>
    private static async Task<Task> BreakAsync(HttpHost host, params (string, string)[] headers)
    {
        using var leave = new CancellationTokenSource();
        using var call = await host.OpenAsync(HttpMethod.Post, HttpHost.Json(Legacy.Call("wait")), headers, leave.Token);
        await host.Tools.Began.Task;
        var gone = await host.Tools.Gone;
        Assert.True(gone.CanBeCanceled);
        var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gone.Register(noted.SetResult);
        Assert.False(noted.Task.IsCompleted);
        call.Dispose();
        return noted.Task;
    }
}
