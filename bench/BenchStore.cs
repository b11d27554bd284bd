using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Errand.Bench;

/// <summary>A store to measure, and a host with Errand over it.</summary>
internal sealed record BenchStore(string Name, Func<string, Action<ErrandBuilder>> Use)
{
    public static BenchStore Memory { get; } = new("memory", _ => _ => { });

    public static BenchStore Sqlite { get; } = new("sqlite", path => errand => errand.UseStore(services => new SqliteJobStore(
        new() { Path = path }, TimeProvider.System, WorkScheduler.Default, services.GetRequiredService<ILogger<SqliteJobStore>>())));

    /// <summary>A host whose jobs do what <paramref name="work"/> does, under a cap if there is one.</summary>
    public Task<BenchHost> StartAsync(int slots, Func<JobContext, ValueTask<JobOutcome>> work, CapSize? cap = null) =>
        StartAsync(slots, (errand, _) => errand.AddJob("work", work, kind =>
        {
            kind.Limits = JobLimits.None;
            kind.Cap = cap;
        }));

    /// <summary>A host that runs commands, whose output is in files.</summary>
    public Task<BenchHost> StartCommandsAsync(int slots) =>
        StartAsync(slots, static (errand, folder) => errand.AddCommands().UseOutputFolder(Path.Combine(folder, "jobs")));

    private async Task<BenchHost> StartAsync(int slots, Action<ErrandBuilder, string> add)
    {
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var errand = builder.Services.AddErrand();
        errand.Configure(options => options.Slots = slots);
        add(errand, folder);
        Use(Path.Combine(folder, "errand.db"))(errand);
        var host = builder.Build();
        await host.StartAsync();
        return new(host, folder);
    }
}

internal sealed class BenchHost(IHost host, string folder) : IAsyncDisposable
{
    public IJobClient Client { get; } = host.Services.GetRequiredService<IJobClient>();

    public IScheduleClient Schedules { get; } = host.Services.GetRequiredService<IScheduleClient>();

    public IJobStore Store { get; } = host.Services.GetRequiredService<IJobStore>();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
