using Errand.Server;
using Errand.Server.Api;
using Errand.Server.Security;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Errand's HTTP surface to a host.</summary>
public static class ErrandServerServiceCollectionExtensions
{
    private const string Instructions = """
        Commands run here can outlive a call: when an answer has status "processing", the work goes on as a job. Use job_wait with its id to wait for its end,
        job_output to see what it writes, job_cancel to stop it and job_list to find it again.
        """;

    /// <summary>Adds what <c>MapErrand</c> serves: MCP, with Errand's tools, and REST. It needs <c>AddErrand</c>, too.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; the token is required.</param>
    public static IServiceCollection AddErrandServer(this IServiceCollection services, Action<ErrandServerOptions> configure)
    {
        services.AddErrandTools();
        services.AddOptions<ErrandServerOptions>().Configure(configure)
            .Validate(options => options.Token.Length >= 16, "Errand: the server's token must have at least 16 characters, so that nobody guesses it.")
            .ValidateOnStart();
        services.Configure<McpServerOptions>(options =>
        {
            options.ServerInfo = new Implementation { Name = "errand", Title = "Errand", Version = ServerStats.ThisVersion };
            options.ServerInstructions = Instructions;
        });
        services.AddSingleton<AccessGuard>();
        services.AddSingleton<JobEndpoints>();
        services.AddSingleton<HealthEndpoints>();
        services.AddErrandMcpHttp();
        return services;
    }
}
