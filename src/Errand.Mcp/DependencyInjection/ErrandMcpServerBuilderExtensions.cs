using Errand;
using Errand.Mcp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the tools of an MCP server deferrable.</summary>
public static class ErrandMcpServerBuilderExtensions
{
    /// <summary>
    /// Makes the calls of tools with <see cref="DeferrableAttribute"/> deferrable, answers for what was handed over, and adds the tools that
    /// follow jobs. All other tools answer as before. Without a store jobs live in memory and die with the process.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="build">Says where jobs are kept (<c>UseSqlite</c>, …) and which others there are.</param>
    /// <param name="configure">Sets how Errand behaves towards clients.</param>
    public static IMcpServerBuilder WithErrand(
        this IMcpServerBuilder server, Action<ErrandBuilder>? build = null, Action<ErrandMcpOptions>? configure = null)
    {
        server.Services.AddErrandMcp(configure);
        server.Services.AddErrand(errand => build?.Invoke(errand));
        return server;
    }

    internal static void AddErrandMcp(this IServiceCollection services, Action<ErrandMcpOptions>? configure)
    {
        var options = services.AddOptions<ErrandMcpOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ErrandMcpOptions>, ErrandMcpOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<McpServerOptions>, ErrandMcpSetup>());
        // What the protocol library logs of each call is no output of the tool, and would make a log for each job.
        services.Configure<ErrandOptions>(errand => errand.LogsNotKept.Add("ModelContextProtocol"));
        services.TryAddSingleton<ToolKinds>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IJobKindSource, ToolKinds>(provider => provider.GetRequiredService<ToolKinds>()));
        services.TryAddSingleton<ToolCalls>();
        services.TryAddSingleton<CallAnswers>();
        services.TryAddSingleton<PipeEnd>();
        services.TryAddSingleton<AbandonedCalls>();
        services.TryAddSingleton<ResultReferences>();
        services.TryAddSingleton<ToolListing>();
        services.TryAddSingleton<Handles>();
        services.TryAddSingleton<JobToolNames>();
        services.TryAddSingleton<JobText>();
        services.TryAddSingleton<OwnedJobs>();
        services.TryAddSingleton<ErrandToolParts>();
        services.TryAddSingleton<NewsWait>();
        services.TryAddSingleton<OutputNews>();
        services.TryAddSingleton<TaskRules>();
        services.TryAddSingleton<TaskDetails>();
        services.TryAddSingleton<TaskRequests>();
        services.TryAddSingleton<TaskSubscriptions>();
        services.TryAddSingleton<LegacyMessages>();
        services.TryAddSingleton<LegacyTaskNews>();
        services.TryAddSingleton<LegacyTaskRequests>();
        services.TryAddSingleton<LegacyTaskResults>();
        AddTools(services);
    }

    private static void AddTools(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobStatusTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobWaitTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobOutputTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobCancelTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobResultTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobRetryTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobInputTool>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ErrandTool, JobListTool>());
    }

    private sealed class ErrandMcpOptionsValidator : IValidateOptions<ErrandMcpOptions>
    {
        public ValidateOptionsResult Validate(string? name, ErrandMcpOptions options)
        {
            string[] problems = [.. options.Problems().Select(problem => $"Errand: {problem}")];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
