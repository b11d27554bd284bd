using System.ComponentModel;
using Errand.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddErrandMcpHttp();
builder.Services.AddMcpServer()
    .WithTools<ReportTools>()
    .WithErrand(
        errand => errand.UseSqlite(Path.Combine(Path.GetTempPath(), "web-server-errand", "errand.db")),
        mcp => mcp.AsyncTimeout = TimeSpan.FromSeconds(2));
var app = builder.Build();
// With users of its own an application adds authentication, and RequireAuthorization() here: then each sees only their own jobs.
app.MapErrandMcp("/mcp");
app.Run();

[McpServerToolType]
sealed class ReportTools
{
    [McpServerTool(Name = "report", UseStructuredContent = true), Deferrable(Restartable = true), Description("Counts what there is.")]
    public static async Task<Report> ReportAsync(int seconds, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        for (int second = 0; second < seconds; second++)
        {
            progress.Report(new() { Progress = second, Total = seconds });
            await Task.Delay(1000, cancellationToken);
        }
        return new("everything", 42);
    }
}

sealed record Report(string Subject, int Count);
