using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Http;

/// <summary>The stream on which a session's server says what nobody has asked for.</summary>
public sealed class StreamTests
{
    private static int _told;

    [Fact(Timeout = 60_000)]
    public async Task What_the_server_says_unasked_comes_on_the_newest_stream()
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        // Nobody listens: it is lost.
        Tell(host);
        using var first = await ListenAsync(host, session);
        Tell(host);
        Assert.Contains("notifications/tools/list_changed", await first.NextAsync(), StringComparison.Ordinal);
        using (var second = await ListenAsync(host, session))
        {
            Tell(host);
            Assert.Contains("notifications/tools/list_changed", await second.NextAsync(), StringComparison.Ordinal);
        }
        // A stream that broke is made again.
        using var third = await ListenAsync(host, session);
        Tell(host);
        Assert.Contains("notifications/tools/list_changed", await third.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_for_those_who_take_one()
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        Assert.Equal(406, (await host.SendAsync(HttpMethod.Get, Legacy.Session(session), ("Accept", "application/json"))).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Streams_end_with_their_session()
    {
        await using var host = await HttpHost.StartAsync();
        string session = await host.BeginAsync();
        using var stream = await ListenAsync(host, session);
        await host.SendAsync(HttpMethod.Delete, Legacy.Session(session));
        Assert.Null(await stream.NextAsync());
    }

    [Fact(Timeout = 20_000)]
    public async Task A_server_that_stops_waits_for_no_stream()
    {
        await using var host = await HttpHost.StartAsync();
        using var stream = await ListenAsync(host, await host.BeginAsync());
        // It would wait for half a minute.
        await host.App.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(await stream.NextAsync());
        Assert.Equal(0, host.Sessions.Count);
    }

    private static void Tell(HttpHost host) => host.App.Services.GetRequiredService<IOptions<McpServerOptions>>().Value.ToolCollection!
        .Add(McpServerTool.Create(() => "", new() { Name = $"tool-{Interlocked.Increment(ref _told)}" }));

    private static async Task<Listener> ListenAsync(HttpHost host, string session)
    {
        var response = await host.OpenAsync(HttpMethod.Get, null, [Legacy.Session(session)]);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new(response, new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    private sealed record Listener(HttpResponseMessage Response, StreamReader Reader) : IDisposable
    {
        /// <summary>The next event's data; null at the end.</summary>
        public async Task<string?> NextAsync()
        {
            while (await Reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.StartsWith("data:", StringComparison.Ordinal)) return line;
            return null;
        }

        public void Dispose()
        {
            Reader.Dispose();
            Response.Dispose();
        }
    }
}
