using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Errand.Chaos.Tests.Worker;

/// <summary>A host as a user would set it up: the shipped core over the shipped store.</summary>
internal sealed class ChaosHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ChaosHost(IHost host) => _host = host;

    public IJobClient Client => _host.Services.GetRequiredService<IJobClient>();

    public IScheduleClient Schedules => _host.Services.GetRequiredService<IScheduleClient>();

    public IJobStore Store => _host.Services.GetRequiredService<IJobStore>();

    /// <summary>Starts a host.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="jobs">Adds what runs the jobs; without it they are those of others.</param>
    /// <param name="log">Is told of warnings.</param>
    public static async Task<ChaosHost> StartAsync(WorkerSettings settings, Action<ErrandBuilder>? jobs, Action<EventId, string> log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new TellingLogs(log));
        var errand = builder.Services.AddErrand();
        errand.UseStore(services => new SqliteJobStore(
            StoreOptions(settings),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<WorkScheduler>(),
            services.GetRequiredService<ILogger<SqliteJobStore>>()));
        if (settings.Output is { } folder) errand.UseOutputFolder(folder);
        errand.Configure(options =>
        {
            options.Slots = settings.Slots;
            options.RunsJobs = settings.RunsJobs;
            options.PollInterval = settings.PollInterval;
            // What the suite does to its workers is no fault of the jobs that happen to run there.
            options.MaxCrashes = 1000;
            options.Caps.Kinds[Kinds.Capped] = new() { Running = Kinds.MostCapped };
            if (jobs is null) options.RemoteKinds.UnionWith(Kinds.All);
        });
        jobs?.Invoke(errand);
        var host = new ChaosHost(builder.Build());
        try
        {
            await host._host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    private static SqliteStoreOptions StoreOptions(WorkerSettings settings)
    {
        var options = new SqliteStoreOptions { Path = settings.Store, Doorbell = settings.Doorbell };
        return settings.StorePollInterval is { } interval ? options with { PollInterval = interval } : options;
    }

    private sealed class TellingLogs(Action<EventId, string> tell) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) tell(eventId, $"{formatter(state, exception)} {exception?.Message}");
        }

        public void Dispose() { }
    }
}
