using System.ComponentModel;
using Errand.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder();
// The standard output belongs to the protocol.
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
string folder = args is [var given] ? given : Path.Combine(Path.GetTempPath(), "stdio-server-errand");
builder.Services.AddMcpServer()
    .WithStdioServerTransport()
    .WithTools<BakeryTools>()
    .WithErrand(errand => errand.UseSqlite(Path.Combine(folder, "errand.db")));
await builder.Build().RunAsync();

[McpServerToolType]
sealed class BakeryTools
{
    // Runs again from its start when the server died meanwhile; callers wait for half a second before it goes on without them.
    [McpServerTool(Name = "bake"), Deferrable(AsyncTimeout = 500, Restartable = true), Description("Bakes loaves, one after the other.")]
    public static async Task<string> BakeAsync(int loaves, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        for (int done = 1; done <= loaves; done++)
        {
            await Task.Delay(300, cancellationToken);
            progress.Report(new() { Progress = done, Total = loaves, Message = $"loaf {done}" });
        }
        return $"{loaves} loaves are ready.";
    }
}
