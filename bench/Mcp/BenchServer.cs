using System.ComponentModel;
using Errand.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Errand.Bench.Mcp;

/// <summary>
/// The server that is measured, as a process of its own: MCP on a durable SQLite file, and the same bytes back from the same Kestrel.
/// </summary>
internal static class BenchServer
{
    public const string HttpRole = "mcp-http-server";
    public const string StdioRole = "mcp-stdio-server";

    /// <summary>Serves over HTTP, and says on which address once it does.</summary>
    public static async Task<int> HttpAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddErrandMcpHttp();
        Add(builder.Services.AddMcpServer(), folder);
        var app = builder.Build();
        app.MapErrandMcp("/mcp");
        app.MapPost("/echo", static async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Serves over standard input and output.</summary>
    public static async Task<int> StdioAsync(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Add(builder.Services.AddMcpServer().WithStdioServerTransport(), folder);
        await builder.Build().RunAsync();
        return 0;
    }

    private static void Add(IMcpServerBuilder server, string folder) =>
        server.WithTools<Tools>().WithErrand(errand => errand.UseSqlite(Path.Combine(folder, "errand.db")));

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "plain"), Description("Ends at once.")]
        public static string Plain(string text) => text;

        [McpServerTool(Name = "deferrable"), Deferrable, Description("Ends at once, and could be handed over.")]
        public static string Deferrable(string text) => text;

        [McpServerTool(Name = "task"), Deferrable(AsyncTimeout = 0), Description("Is handed over at once.")]
        public static string Task(string text) => text;
    }
}
