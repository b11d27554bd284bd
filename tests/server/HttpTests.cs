using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Errand.Server.Tests;

/// <summary>REST, who may call, and what is answered to those who may not.</summary>
public sealed class HttpTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/v1/jobs")]
    [InlineData("POST", "/api/v1/jobs")]
    [InlineData("GET", "/api/v1/stats")]
    [InlineData("POST", "/mcp")]
    public async Task Without_the_token_it_is_401(string method, string path)
    {
        using var client = server.Http(withToken: false);
        foreach (string? token in (string?[])[null, "wrong", server.Token + "x", ""])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            using var response = await client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("unauthorised", (await ProblemAsync(response)).Text("code"));
        }
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_needs_no_token(string path)
    {
        using var client = server.Http(withToken: false);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Host", "evil.example", "host_refused")]
    [InlineData("Host", "127.0.0.1.evil.example", "host_refused")]
    [InlineData("Origin", "http://evil.example", "origin_refused")]
    [InlineData("Origin", "null", "origin_refused")]
    [InlineData("Origin", "http://localhost:1", "origin_refused")]
    public async Task A_strangers_page_is_refused_even_with_the_token(string header, string value, string code)
    {
        using var client = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/jobs");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(code, (await ProblemAsync(response)).Text("code"));
    }

    [Fact]
    public async Task The_servers_own_pages_may_call()
    {
        using var client = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/jobs");
        request.Headers.Add("Origin", server.Url);
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_job_is_submitted_waited_for_and_read()
    {
        using var client = server.Http();
        using var submitted = await PostAsync(client, """{"kind":"command","input":{"command":"printf 'a\\n\\377'"},"title":"t","tags":["x"]}""");
        Assert.Equal(HttpStatusCode.Created, submitted.StatusCode);
        var job = await submitted.Content.ReadFromJsonAsync<JsonElement>(Stop);
        string path = submitted.Headers.Location!.ToString();
        Assert.Equal($"/api/v1/jobs/{job.Text("id")}", path);
        var ended = await GetAsync(client, $"{path}?waitMs=60000");
        Assert.Equal(("completed", "0"), (ended.Text("state"), ended.Text("exitCode")));
        Assert.Equal("3", ended.GetProperty("output").Text("bytes"));
        Assert.EndsWith("+00:00", ended.Text("finishedAt"), StringComparison.Ordinal);
        var output = await GetAsync(client, $"{path}/output");
        Assert.Equal("YQr/", output.Text("base64"));
        Assert.Equal(("0", "3", "3"), (output.Text("offset"), output.Text("nextOffset"), output.Text("end")));
        var rest = await GetAsync(client, $"{path}/output?offset=2&stream=out");
        Assert.Equal("/w==", rest.Text("base64"));
    }

    [Fact]
    public async Task A_wait_for_news_past_a_version_returns_at_once_when_there_is_some()
    {
        using var client = server.Http();
        using var submitted = await PostAsync(client, """{"kind":"command","input":{"command":"sleep 600"}}""");
        var job = await submitted.Content.ReadFromJsonAsync<JsonElement>(Stop);
        string path = $"/api/v1/jobs/{job.Text("id")}";
        var news = await GetAsync(client, $"{path}?waitMs=60000&afterVersion=0");
        var waiting = GetAsync(client, $"{path}?waitMs=60000&afterVersion={news.Text("version")}");
        using var cancel = await client.PostAsync(new Uri($"{path}/cancel", UriKind.Relative), null, Stop);
        Assert.Equal("cancelling", (await cancel.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("answer"));
        Assert.NotNull((await waiting).Text("cancelRequestedAt"));
        Assert.Equal("cancelled", (await GetAsync(client, $"{path}?waitMs=60000")).Text("state"));
    }

    [Fact]
    public async Task Output_comes_as_it_is_written_and_ends_with_the_job()
    {
        using var client = server.Http();
        using var submitted = await PostAsync(client, """{"kind":"command","input":{"command":"echo one; sleep 600"}}""");
        string id = (await submitted.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("id")!;
        using var response = await client.GetAsync(new Uri($"/api/v1/jobs/{id}/output/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("id: 4", await reader.ReadLineAsync(Stop));
        Assert.Contains("\"text\":\"one\\n\"", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
        using var cancel = await client.PostAsync(new Uri($"/api/v1/jobs/{id}/cancel", UriKind.Relative), null, Stop);
        Assert.Contains("event: end", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"command","input":{"command":"a","argv":["b"]}}""", "invalid", "command")]
    [InlineData("""{"kind":"command","input":{"command":"a","cwd":"b"}}""", "invalid", "cwd")]
    [InlineData("""{"kind":"nonesuch","input":{}}""", "unknown_kind", "kind")]
    [InlineData("""{"kind":"command","input":{"command":"a"},"priority":99}""", "invalid", "priority")]
    [InlineData("""{"kind":"command","input":{"command":"a"},"limits":{"wallTimeMs":-1}}""", "invalid", "limits.wallTimeMs")]
    [InlineData("""{"kind":"command","input":{"command":"a"},"bogus":1}""", "invalid", "bogus")]
    [InlineData("""not json""", "invalid", "body")]
    public async Task What_does_not_fit_is_refused_by_name(string body, string code, string parameter)
    {
        using var client = server.Http();
        using var response = await PostAsync(client, body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await ProblemAsync(response);
        Assert.Equal((code, parameter), (problem.Text("code"), problem.Text("param")));
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_404_and_says_which()
    {
        string id = new('0', 36);
        using var client = server.Http();
        using var response = await client.GetAsync(new Uri($"/api/v1/jobs/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(id, (await ProblemAsync(response)).Text("jobId"));
    }

    [Fact]
    public async Task Mcp_refuses_headers_that_do_not_agree_with_the_body()
    {
        Assert.Equal(HttpStatusCode.OK, await McpAsync("tools/list", null, Request("tools/list")));
        Assert.Equal(HttpStatusCode.BadRequest, await McpAsync("tools/call", null, Request("tools/list")));
        Assert.Equal(HttpStatusCode.BadRequest, await McpAsync("tools/call", "other", Request("tools/call", "\"name\":\"job_list\",")));
        Assert.Equal(HttpStatusCode.BadRequest, await McpAsync("tools/list", null, """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""));
        Assert.Equal(HttpStatusCode.NotFound, await McpAsync("no/such", null, Request("no/such")));
        Assert.Equal(HttpStatusCode.BadRequest, await McpAsync("tools/list", null, "nonsense"));
    }

    private static string Request(string method, string parameters = "") =>
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + parameters + """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
        """;

    private async Task<HttpStatusCode> McpAsync(string method, string? name, string body)
    {
        using var client = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", method);
        if (name is not null) request.Headers.Add("Mcp-Name", name);
        using var response = await client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        client.PostAsync(new Uri("/api/v1/jobs", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Stop);

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Stop);

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
