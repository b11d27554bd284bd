using System.Reflection;
using Errand.Storage;
using Microsoft.AspNetCore.Http;

namespace Errand.Server.Api;

/// <summary>What a server says of itself.</summary>
internal sealed record ServerStats(int Pid, string Version, string Store, IReadOnlyDictionary<string, long> Jobs)
{
    /// <summary>The version of this build.</summary>
    public static string ThisVersion { get; } =
        typeof(ServerStats).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}

/// <summary>Whether the server lives, whether it can work, and how much there is.</summary>
internal sealed class HealthEndpoints(IJobClient jobs, IJobStore store)
{
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, "{\"status\":\"live\"}");

    public async Task ReadyAsync(HttpContext context)
    {
        await jobs.ListAsync(new() { Limit = 1 }, context.RequestAborted);
        await WriteAsync(context, "{\"status\":\"ready\"}");
    }

    public async Task StatsAsync(HttpContext context)
    {
        var counts = await jobs.CountAsync(new(), context.RequestAborted);
        var stats = new ServerStats(
            Environment.ProcessId, ServerStats.ThisVersion, store.Description,
            counts.ToDictionary(count => count.Key.ToWord(), count => count.Value));
        await context.Response.WriteAsJsonAsync(stats, ServerJson.Default.ServerStats);
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
