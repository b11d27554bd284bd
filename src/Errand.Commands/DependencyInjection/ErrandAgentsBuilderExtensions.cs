using Errand;
using Errand.Commands;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds agents to Errand.</summary>
public static class ErrandAgentsBuilderExtensions
{
    /// <summary>
    /// Adds the kind <c>agent</c>, tasks that the CLI of an agent works on (claude, codex, gemini, any other), and <see cref="IAgentClient"/>.
    /// They are run as commands are; where <c>AddCommands</c> was not called before, this adds commands, too.
    /// </summary>
    /// <param name="builder">Errand.</param>
    /// <param name="configure">Adds profiles, or changes those that are there.</param>
    public static ErrandBuilder AddAgents(this ErrandBuilder builder, Action<AgentOptions>? configure = null)
    {
        var services = builder.Services;
        var options = services.AddOptions<AgentOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(IAgentClient))) return builder;
        services.AddSingleton<IValidateOptions<AgentOptions>, AgentOptionsValidator>();
        if (services.All(service => service.ServiceType != typeof(CommandParts))) builder.AddCommands();
        services.AddSingleton(provider => AgentKind.Of(OptionsOf(provider), provider.GetRequiredService<CommandParts>()));
        services.AddSingleton<IAgentClient>(provider => new AgentClient(provider.GetRequiredService<IJobClient>(), OptionsOf(provider)));
        return builder;
    }

    private static AgentOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<AgentOptions>>().Value;

    private sealed class AgentOptionsValidator : IValidateOptions<AgentOptions>
    {
        public ValidateOptionsResult Validate(string? name, AgentOptions options)
        {
            string[] problems = [.. options.Problems()];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
