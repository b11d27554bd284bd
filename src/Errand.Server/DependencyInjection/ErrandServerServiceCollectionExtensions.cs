using Errand.Mcp;
using Errand.Server;
using Errand.Server.Api;
using Errand.Server.Security;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Errand's HTTP surface to a host.</summary>
public static class ErrandServerServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapErrand</c> serves: MCP, with Errand's tools, and REST. It needs <c>AddErrand</c>, too.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; the token is required.</param>
    public static IServiceCollection AddErrandServer(this IServiceCollection services, Action<ErrandServerOptions> configure)
    {
        services.AddErrandTools();
        services.AddOptions<ErrandServerOptions>().Configure(configure)
            .Validate(
                options => options.Token.Length >= 16, "Errand: the server's token must have at least 16 characters, so that nobody guesses it.")
            .ValidateOnStart();
        services.AddOptions<McpServerOptions>().Configure<JobToolNames>((options, names) =>
        {
            options.ServerInfo = new Implementation { Name = "errand", Title = "Errand", Version = ServerStats.ThisVersion };
            options.ServerInstructions = InstructionsWith(names);
        });
        services.AddSingleton<AccessGuard>();
        services.AddSingleton<JobEndpoints>();
        services.AddSingleton<HealthEndpoints>();
        services.AddErrandMcpHttp();
        return services;
    }

    private static string InstructionsWith(JobToolNames names) => $"""
        Commands run here can outlive a call: when an answer has status "processing", the work goes on as a job. Use
        {names.Of(JobToolNames.Wait)} with its id to wait for its end, {names.Of(JobToolNames.Output)} to see what it writes,
        {names.Of(JobToolNames.Cancel)} to stop it and {names.Of(JobToolNames.List)} to find it again.
        """;
}
