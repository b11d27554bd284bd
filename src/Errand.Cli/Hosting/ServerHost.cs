using Errand.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Errand.Cli;

/// <summary>The server of one data folder: here stores and executors are chosen.</summary>
internal sealed partial class ServerHost(DataFolder folder, string urls, string store)
{
    public const string Sqlite = "sqlite";
    public const string Memory = "memory";
    private const long LargestRequest = 8 << 20;

    /// <summary>Serves until the process is told to end.</summary>
    /// <param name="ready">Is told once requests are answered.</param>
    public async Task<int> RunAsync(Func<ServerStatus, Task> ready)
    {
        folder.Create();
        await using var only = folder.Lock();
        await using var app = Build(folder.EnsureToken());
        try { await app.StartAsync(); }
        catch (JobException e) { throw new CliException(ExitCodes.Refused, e.Message); }
        catch (IOException e)
        {
            throw new CliException(
                ExitCodes.Refused,
                $"The server cannot listen at {urls}: {e.Message} Choose another address with --urls, such as http://127.0.0.1:0.");
        }
        string url = app.Urls.First();
        folder.WriteAddress(new(Environment.ProcessId, url));
        try
        {
            await ready(new(
                Environment.ProcessId, url, $"{url}/mcp", ServerStats.ThisVersion,
                app.Services.GetRequiredService<Errand.Storage.IJobStore>().Description));
            await app.WaitForShutdownAsync();
        }
        finally
        {
            // Before the lock is let go of, so that it is not the address of the next server.
            folder.DeleteAddress();
        }
        return ExitCodes.Ok;
    }

    private WebApplication Build(string token)
    {
        // Nothing that a server of one user on one machine does not need: it starts in a third of the time.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "errand", ContentRootPath = folder.FullPath });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestRequest).UseUrls(urls.Split(';'));
        builder.Services.AddRoutingCore();
        AddLogging(builder.Logging);
        AddErrand(builder.Services);
        builder.Services.AddErrandServer(options => options.Token = token);
        var app = builder.Build();
        if (store == Memory) WarnOfMemory(app.Logger);
        app.UseRouting();
        app.MapErrand();
        return app;
    }

    private void AddErrand(IServiceCollection services) => services.AddErrand(errand =>
    {
        errand.AddCommands().UseOutputFolder(folder.Jobs);
        if (store == Sqlite) errand.UseSqlite(folder.Database);
    });

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("ModelContextProtocol", LogLevel.Warning).SetMinimumLevel(LogLevel.Information);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Jobs are kept in memory and are lost when this server ends. Start it with --store sqlite to keep them.")]
    private static partial void WarnOfMemory(ILogger logger);
}
