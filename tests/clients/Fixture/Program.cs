using Errand;
using Errand.ClientsFixture;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

// A server of another author, with nothing of Errand's but what is public: FOLDER serves a pipe, FOLDER URL serves HTTP and says where.
string folder = args[0];
if (args.Length == 1)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    AddServer(builder.Services).WithStdioServerTransport();
    using var host = builder.Build();
    host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => new Folder(folder).Leave("stopping"));
    await host.RunAsync();
}
else
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls(args[1]);
    builder.Logging.ClearProviders();
    builder.Services.AddErrandMcpHttp();
    AddServer(builder.Services);
    var app = builder.Build();
    app.MapErrandMcp();
    await app.StartAsync();
    Console.WriteLine($"ready {app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp");
    await app.WaitForShutdownAsync();
}

IMcpServerBuilder AddServer(IServiceCollection services)
{
    services.AddSingleton(new Folder(folder));
    // Long enough to be seen, and short enough to wait for.
    services.Configure<ErrandOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
    return services.AddMcpServer().WithTools<FixtureTools>().WithErrand(errand => errand.UseSqlite(Path.Combine(folder, "jobs.db")));
}
