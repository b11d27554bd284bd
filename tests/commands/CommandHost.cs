using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Errand.Commands.Tests;

/// <summary>A host that runs commands, over a SQLite store and a folder of output.</summary>
internal sealed class CommandHost : IAsyncDisposable
{
    private readonly IHost _host;

    private CommandHost(IHost host) => _host = host;

    public IJobClient Jobs => _host.Services.GetRequiredService<IJobClient>();

    public IServiceProvider Services => _host.Services;

    public static async Task<CommandHost> StartAsync(string folder, Action<CommandOptions>? configure = null, Action<ErrandBuilder>? more = null)
    {
        var host = Build(folder, configure, more);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    public static IHost Build(string folder, Action<CommandOptions>? configure = null, Action<ErrandBuilder>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddErrand(errand =>
        {
            errand.AddCommands(configure).UseSqlite(Path.Combine(folder, "errand.db")).UseOutputFolder(Path.Combine(folder, "jobs"));
            more?.Invoke(errand);
        });
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _host.Dispose();
    }
}
