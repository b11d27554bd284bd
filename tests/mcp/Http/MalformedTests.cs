using System.Net.Http.Headers;
using System.Text;
using Errand.Mcp.Tests.Fuzz;

namespace Errand.Mcp.Tests.Http;

/// <summary>What cannot be understood is refused with words, and never breaks the server.</summary>
public sealed class MalformedTests
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;

    public static TheoryData<string, int, string> Bodies => new()
    {
        { "", ParseError, "is empty" },
        { "   ", ParseError, "not JSON" },
        { "{", ParseError, "not JSON" },
        { Legacy.Ping + "}", ParseError, "not JSON" },
        { Legacy.Ping + Legacy.Ping, ParseError, "not JSON" },
        { new string('[', 500), ParseError, "not JSON" },
        { "null", InvalidRequest, "is null" },
        { "\"text\"", InvalidRequest, "not a JSON-RPC message" },
        { "{}", InvalidRequest, "not a JSON-RPC message" },
        { """{"jsonrpc":"1.0","id":1,"method":"ping"}""", InvalidRequest, "not a JSON-RPC message" },
        { """{"jsonrpc":2,"id":1,"method":"ping"}""", InvalidRequest, "not a JSON-RPC message" },
        { """{"jsonrpc":"2.0","id":null,"method":"ping"}""", InvalidRequest, "not a JSON-RPC message" },
        { """{"jsonrpc":"2.0","id":{},"method":"ping"}""", InvalidRequest, "not a JSON-RPC message" },
        { """{"jsonrpc":"2.0","id":1,"method":5}""", InvalidRequest, "not a JSON-RPC message" },
        { $"[{Legacy.Ping}]", InvalidRequest, "Batches are not taken" },
        { "[]", InvalidRequest, "Batches are not taken" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_no_message_is_refused_with_what_is_wrong(string body, int code, string words)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(body);
        Assert.Equal((400, code), (answer.Status, answer.Code));
        Assert.Contains(words, (string)answer.Message!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":5}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"a":1,"a":2}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"a":1,"a":2},"_meta":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"elicitation":{"a":"\ud800"}}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"a\uDC00b":1}}""")]
    public async Task Params_that_cannot_be_read_are_refused_with_the_id_of_their_request(string body)
    {
        await using var host = await HttpHost.StartAsync();
        var answer = await host.PostAsync(body);
        Assert.Equal(400, answer.Status);
        Assert.NotNull(answer.Code);
        Assert.Equal(1, (int)answer.Message!["id"]!);
        Assert.Equal(0, host.Sessions.Count);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/jsonl")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        await using var host = await HttpHost.StartAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Legacy.Initialize));
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        Assert.Equal(415, (await host.PostAsync(content)).Status);
    }

    [Theory]
    [InlineData("application/json", 406)]
    [InlineData("text/event-stream", 406)]
    [InlineData("text/event-stream;q=0.5,application/json", 200)]
    [InlineData("*/*", 200)]
    public async Task A_client_must_take_both_forms_of_an_answer(string accept, int status)
    {
        await using var host = await HttpHost.StartAsync();
        Assert.Equal(status, (await host.PostAsync(Legacy.Initialize, ("Accept", accept))).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_whether_or_not_it_says_so_before(bool chunked)
    {
        await using var host = await HttpHost.StartAsync(options => options.MaxRequestBytes = 20_000);
        string large = Legacy.Call("echo", new() { ["text"] = new string('x', 20_000) });
        var answer = await host.PostAsync(chunked ? new Chunked(large) : HttpHost.Json(large));
        Assert.Equal(413, answer.Status);
        Assert.Contains("20,000 bytes", (string)answer.Message!["error"]!["message"]!, StringComparison.Ordinal);
        Assert.NotEqual(413, (await host.PostAsync(Legacy.Call("echo", new() { ["text"] = new string('x', 19_000) }))).Status);
    }

    [Fact]
    public async Task Whatever_is_sent_the_server_itself_does_not_fail()
    {
        var chance = new Random(Seed.New());
        await using var host = await HttpHost.StartAsync(options => options.AllowWithoutSession = true);
        string[] seeds = [Legacy.Initialize, Legacy.Ping, Legacy.Call("echo", new() { ["text"] = "x" }), Current.Call("echo").ToJsonString()];
        for (int round = 0; round < 400; round++)
        {
            byte[] body = Encoding.UTF8.GetBytes(seeds[chance.Next(seeds.Length)]);
            for (int change = chance.Next(4); change >= 0; change--) body[chance.Next(body.Length)] = (byte)chance.Next(256);
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            var answer = await host.PostAsync(content, chance.Next(2) == 0 ? Current.Headers("echo") : []);
            Assert.True(answer.Status < 500, $"{answer.Status} for {Encoding.Latin1.GetString(body)}: {answer.Body}");
        }
    }

    /// <summary>A body whose length is not said before.</summary>
    private sealed class Chunked : HttpContent
    {
        private readonly string _text;

        public Chunked(string text)
        {
            _text = text;
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            await stream.WriteAsync(Encoding.UTF8.GetBytes(_text));

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
