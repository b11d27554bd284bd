using Errand.Server.Mcp;
using Errand.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves MCP over Streamable HTTP.</summary>
public static class ErrandMcpEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the MCP server of this application, whatever its tools. It needs <c>AddErrandMcpHttp</c>. It lets in whom the application lets in: add
    /// <c>RequireAuthorization</c> and the like to what it answers.
    /// </summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="pattern">The path.</param>
    public static IEndpointConventionBuilder MapErrandMcp(this IEndpointRouteBuilder endpoints, string pattern = "/mcp")
    {
        var endpoint = endpoints.ServiceProvider.GetService<McpEndpoint>()
            ?? throw new InvalidOperationException(
                "MapErrandMcp needs what AddErrandMcpHttp adds: call services.AddErrandMcpHttp() before the application is built.");
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<McpHttpOptions>>().Value;
        return endpoints.MapMethods(pattern, McpEndpoint.Methods, Handle).WithDisplayName("MCP");

        Task Handle(HttpContext context)
        {
            var request = context.Request;
            if (!CallerAddress.IsHostAllowed(request, options.AllowedHosts)) return McpRefusal.UnknownHost(request.Host.Value).WriteAsync(context);
            if (!CallerAddress.IsOriginAllowed(request, options.AllowedOrigins)) return McpRefusal.UnknownOrigin.WriteAsync(context);
            return endpoint.HandleAsync(context);
        }
    }
}
