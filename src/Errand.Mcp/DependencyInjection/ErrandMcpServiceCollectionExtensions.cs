using Errand.Mcp;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Errand's own tools to MCP servers.</summary>
public static class ErrandMcpServiceCollectionExtensions
{
    /// <summary>Adds the tools that run commands and follow jobs to every MCP server of this host.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IServiceCollection AddErrandTools(this IServiceCollection services, Action<ErrandMcpOptions>? configure = null)
    {
        services.AddErrandMcp(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, RunCommandTool>());
        return services;
    }
}
