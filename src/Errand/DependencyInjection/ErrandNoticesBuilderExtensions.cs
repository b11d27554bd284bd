using Errand;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets jobs tell of their end, and of questions that they wait with.</summary>
public static class ErrandNoticesBuilderExtensions
{
    /// <summary>
    /// Lets jobs have notices (<see cref="JobSpec.Notify"/>): signed webhooks, and commands of this host. Every process of a store that
    /// submits or runs jobs with notices needs it.
    /// </summary>
    /// <param name="builder">Errand.</param>
    /// <param name="configure">Says what webhooks are signed with, where they may go, and which commands there are.</param>
    public static ErrandBuilder AddNotices(this ErrandBuilder builder, Action<NoticeOptions> configure)
    {
        var services = builder.Services;
        services.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(NoticeRules))) return builder;
        services.AddOptions<NoticeOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<NoticeOptions>, NoticeOptionsValidator>();
        services.AddSingleton(provider => new WebhookRules(OptionsOf(provider)));
        services.AddSingleton(provider => new NoticeRules(OptionsOf(provider), provider.GetRequiredService<WebhookRules>()));
        services.TryAddSingleton(provider => new WebhookSender(provider.GetRequiredService<WebhookRules>(), provider.GetService<HostResolver>()));
        services.AddSingleton(provider => NoticeKinds.OfWebhooks(OptionsOf(provider), provider.GetRequiredService<NoticeRules>(), new WebhookExecutor(
            OptionsOf(provider), provider.GetRequiredService<WebhookRules>(), provider.GetRequiredService<WebhookSender>())));
        services.AddSingleton(provider => NoticeKinds.OfCommands(OptionsOf(provider), provider.GetRequiredService<NoticeRules>()));
        return builder;
    }

    private static NoticeOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<NoticeOptions>>().Value;

    private sealed class NoticeOptionsValidator : IValidateOptions<NoticeOptions>
    {
        public ValidateOptionsResult Validate(string? name, NoticeOptions options)
        {
            string[] problems = [.. options.Problems().Select(problem => $"Errand: {problem}")];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
