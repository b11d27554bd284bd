using Errand.Server.Mcp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a Streamable HTTP host for MCP servers.</summary>
public static class ErrandMcpHttpServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>MapErrandMcp</c> serves: the MCP server of this application, with the tools, prompts and resources that <c>AddMcpServer</c>
    /// was given, over Streamable HTTP, to clients of 2026-07-28 and to those before.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IServiceCollection AddErrandMcpHttp(this IServiceCollection services, Action<McpHttpOptions>? configure = null)
    {
        services.AddOptions<McpServerOptions>();
        var options = services.AddOptions<McpHttpOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<McpHttpOptions>, McpHttpOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<McpVersions>();
        services.TryAddSingleton<McpServers>();
        services.TryAddSingleton<McpRequestReader>();
        services.TryAddSingleton<McpRequestRules>();
        services.TryAddSingleton<McpSessions>();
        services.TryAddSingleton<McpExchange>();
        services.TryAddSingleton<McpEndpoint>();
        return services;
    }
}
