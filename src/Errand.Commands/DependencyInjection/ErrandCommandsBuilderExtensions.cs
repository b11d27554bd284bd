using Errand;
using Errand.Commands;
using Errand.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds commands to Errand.</summary>
public static class ErrandCommandsBuilderExtensions
{
    // A command is given this much longer than its last step before it counts as left behind.
    private static readonly TimeSpan AfterTheKill = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the kind <c>command</c>: shell lines and programs. Its input is an object with <c>command</c> or <c>argv</c>, and <c>cwd</c>,
    /// <c>env</c>, <c>stdin</c>, <c>shell</c> and <c>expectedExitCodes</c>; its result has <c>stdout</c>, <c>stderr</c> and <c>exitCode</c>.
    /// Commands have no limit of time unless a job sets one. They outlive this process where output is kept in a folder.
    /// </summary>
    /// <param name="builder">Errand.</param>
    /// <param name="configure">Sets how commands are run.</param>
    public static ErrandBuilder AddCommands(this ErrandBuilder builder, Action<CommandOptions>? configure = null)
    {
        var options = new CommandOptions();
        configure?.Invoke(options);
        options.Check();
        builder.UseOutputFiles().Configure(errand =>
        {
            if (errand.StopGrace < options.KillAfter + AfterTheKill) errand.StopGrace = options.KillAfter + AfterTheKill;
        });
        builder.Services.TryAddSingleton(services => PartsOf(options, services));
        builder.Services.AddSingleton(services => KindOf(services.GetRequiredService<CommandParts>()));
        builder.Services.TryAddSingleton<ICommandClient>(services => new CommandClient(
            services.GetRequiredService<IJobClient>(), services.GetRequiredService<CommandParts>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IOrphanedWork, OrphanedCommands>());
        return builder;
    }

    private static CommandParts PartsOf(CommandOptions options, IServiceProvider services)
    {
        var scheduler = services.GetRequiredService<WorkScheduler>();
        var log = services.GetRequiredService<IOutputLog>() as FileOutputLog ?? throw new InvalidOperationException(
            "Commands write their output into files themselves, and this host keeps output elsewhere. Keep it in a folder: UseOutputFolder.");
        var parts = new CommandParts(options, services.GetRequiredService<IJobStore>(), log, scheduler, services.GetRequiredService<TimeProvider>());
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger("Errand.Commands") ?? NullLogger.Instance;
        scheduler.QueueBlocking(() => parts.Prepare(logger));
        return parts;
    }

    private static JobKind KindOf(CommandParts parts)
    {
        var executor = new CommandExecutor(parts);
        return new JobKind("command", _ => executor)
        {
            Limits = JobLimits.None,
            // To start a process blocks for milliseconds, and on a busy machine for many.
            Blocking = true,
            Outlives = parts.Outlives,
            CheckInput = input => parts.Options.Policy.Demand(CommandInput.Read(input, parts.Options)),
        };
    }
}
