using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Errand.Mcp.Tests.Http;

/// <summary>The host of these tests itself.</summary>
public sealed class HttpHostTests
{
    [Fact]
    public async Task It_listens()
    {
        await using var host = await HttpHost.StartAsync(_ => { }, app => app.MapGet("/", () => "here"));
        using var answer = await host.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
