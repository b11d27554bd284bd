using Errand;
using Errand.Diagnostics;
using Errand.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Errand to a host.</summary>
public static class ErrandServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IJobClient"/> and a runner that lives as long as the host.</summary>
    /// <param name="services">The host's services.</param>
    /// <returns>Says which jobs there are and where they are kept.</returns>
    public static ErrandBuilder AddErrand(this IServiceCollection services)
    {
        services.AddOptions<ErrandOptions>().ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<ErrandOptions>, ErrandOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(WorkScheduler.Default);
        services.TryAddSingleton(new ErrandJsonOptions(ErrandJson.Default));
        services.TryAddSingleton<IJobStore>(provider => new MemoryJobStore());
        services.TryAddSingleton(CreateOutputLog);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, JobLoggerProvider>());
        services.TryAddSingleton(Create);
        services.TryAddSingleton<IQueueClient>(provider => provider.GetRequiredService<ErrandCore>().Queues);
        services.TryAddSingleton<IJobClient>(provider => provider.GetRequiredService<ErrandCore>().Client);
        services.TryAddSingleton(provider => provider.GetRequiredService<ErrandCore>().Schedules);
        services.AddHostedService<ErrandHostedService>();
        return new(services);
    }

    /// <summary>Adds Errand and says which jobs there are and where they are kept.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="build">Says it.</param>
    public static IServiceCollection AddErrand(this IServiceCollection services, Action<ErrandBuilder> build)
    {
        build(services.AddErrand());
        return services;
    }

    private static IOutputLog CreateOutputLog(IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        if (services.GetService<OutputInFiles>() is null) return new MemoryOutputLog(OutputOptions.Memory, time);
        return FileOutputLog.Temporary(time, services.GetRequiredService<WorkScheduler>(), services.GetService<ILogger<FileOutputLog>>());
    }

    private static ErrandCore Create(IServiceProvider services) => new(new ErrandParts
    {
        Options = services.GetRequiredService<IOptions<ErrandOptions>>().Value,
        Store = services.GetRequiredService<IJobStore>(),
        OutputLog = services.GetRequiredService<IOutputLog>(),
        Kinds = new JobKinds(services.GetServices<JobKind>(), services.GetServices<IJobKindSource>()),
        Services = services,
        Logger = services.GetService<ILoggerFactory>()?.CreateLogger("Errand") ?? NullLogger.Instance,
        Time = services.GetRequiredService<TimeProvider>(),
        Scheduler = services.GetRequiredService<WorkScheduler>(),
        Json = services.GetRequiredService<ErrandJsonOptions>().Options,
        HostProcesses = services.GetService<IHostProcesses>() ?? new HostProcesses(),
        Readings = services.GetService<IResourceReadings>() ?? ResourceReadings.OfThisSystem,
        NoticeRules = services.GetService<NoticeRules>(),
        NewId = services.GetService<Func<DateTimeOffset, JobId>>() ?? JobId.New,
    });

    private sealed class ErrandOptionsValidator : IValidateOptions<ErrandOptions>
    {
        public ValidateOptionsResult Validate(string? name, ErrandOptions options)
        {
            string[] problems = [.. options.Problems().Select(problem => $"Errand: {problem}")];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }

    private sealed class ErrandHostedService(ErrandCore core) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => core.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => core.StopAsync(cancellationToken);
    }
}
