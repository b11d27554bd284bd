using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Errand.Tests.Notices;

/// <summary>A server on this machine that takes webhooks: it answers as it is told, or with 204, and keeps what it was sent.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<HookRequest> _requests = Channel.CreateUnbounded<HookRequest>();

    private HookServer(WebApplication app) => _app = app;

    /// <summary>The answers to the next requests.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> Answers { get; } = new();

    public string Url => $"{_app.Urls.First()}/hook?token=hidden";

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<HookServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new HookServer(builder.Build());
        server._app.Run(server.TakeAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Answer(int status, params (string Name, string Value)[] headers) => Answers.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        return Task.CompletedTask;
    });

    public Task<HookRequest> NextAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    /// <summary>What has come and was not looked at.</summary>
    public int Unread => _requests.Reader.Count;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _requests.Writer.TryWrite(new($"{context.Request.Method} {context.Request.Path}", headers, body.ToArray()));
        if (Answers.TryDequeue(out var answer)) await answer(context);
        else context.Response.StatusCode = 204;
    }
}

/// <summary>A request as it came.</summary>
internal sealed record HookRequest(string Line, Dictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
