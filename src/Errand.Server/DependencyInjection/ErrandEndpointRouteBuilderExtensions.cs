using Errand.Server.Api;
using Errand.Server.Mcp;
using Errand.Server.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves Errand over HTTP.</summary>
public static class ErrandEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>/mcp</c>, <c>/api/v1</c>, <c>/healthz</c> and <c>/readyz</c>.</summary>
    /// <param name="endpoints">Where to.</param>
    public static IEndpointRouteBuilder MapErrand(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var guard = services.GetRequiredService<AccessGuard>();
        var mcp = services.GetRequiredService<McpEndpoint>();
        var jobs = services.GetRequiredService<JobEndpoints>();
        var health = services.GetRequiredService<HealthEndpoints>();

        endpoints.MapMethods("/mcp", McpEndpoint.Methods, guard.Guard(mcp.HandleAsync));
        endpoints.MapGet("/healthz", guard.GuardOpen(HealthEndpoints.LiveAsync));
        endpoints.MapGet("/readyz", guard.GuardOpen(health.ReadyAsync));

        var api = endpoints.MapGroup("/api/v1");
        api.MapPost("/jobs", guard.Guard(jobs.SubmitAsync));
        api.MapGet("/jobs", guard.Guard(jobs.ListAsync));
        api.MapGet("/jobs/{id}", guard.Guard(jobs.ShowAsync));
        api.MapPost("/jobs/{id}/cancel", guard.Guard(jobs.CancelAsync));
        api.MapGet("/jobs/{id}/output", guard.Guard(jobs.OutputAsync));
        api.MapGet("/jobs/{id}/output/stream", guard.Guard(jobs.FollowAsync));
        api.MapGet("/stats", guard.Guard(health.StatsAsync));
        return endpoints;
    }
}
