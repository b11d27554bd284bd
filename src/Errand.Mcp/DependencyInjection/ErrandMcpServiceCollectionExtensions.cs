using Errand.Mcp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Errand's tools to MCP servers.</summary>
public static class ErrandMcpServiceCollectionExtensions
{
    /// <summary>Adds the tools that run commands and follow jobs to every MCP server of this host.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IServiceCollection AddErrandTools(this IServiceCollection services, Action<ErrandMcpOptions>? configure = null)
    {
        var options = services.AddOptions<ErrandMcpOptions>();
        if (configure is not null) options.Configure(configure);
        services.AddSingleton<ErrandTool, RunCommandTool>();
        services.AddSingleton<ErrandTool, JobStatusTool>();
        services.AddSingleton<ErrandTool, JobWaitTool>();
        services.AddSingleton<ErrandTool, JobOutputTool>();
        services.AddSingleton<ErrandTool, JobCancelTool>();
        services.AddSingleton<ErrandTool, JobListTool>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<McpServerOptions>, ErrandToolsSetup>());
        return services;
    }

    // Servers without sessions make their options anew for each request; what lives longer is in the tools.
    private sealed class ErrandToolsSetup(IEnumerable<ErrandTool> tools) : IConfigureOptions<McpServerOptions>
    {
        public void Configure(McpServerOptions options)
        {
            options.ToolCollection ??= [];
            foreach (var tool in tools) options.ToolCollection.TryAdd(tool);
        }
    }
}
