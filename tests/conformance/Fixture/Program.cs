using Errand.ConformanceFixture;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ModelContextProtocol.Protocol;

// A server with what the conformance suite of MCP calls for, and its jobs in the file that is named. It says where it listens, and ends with its
// standard input.
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<Subscriptions>();
builder.Services.AddErrandMcpHttp();
builder.Services.AddMcpServer(options => options.ServerInfo = new Implementation { Name = "errand-conformance-fixture", Version = "1.0.0" })
    .WithTools<ContentTools>()
    .WithTools<AskingTools>()
    .WithTools<RoundTripTools>()
    .WithTools<ProbeTools>()
    .WithTools<TaskTools>()
    .WithTools([SchemaTool.Create()])
    .WithPrompts<FixturePrompts>()
    .WithResources<FixtureResources>()
    .WithCompletions()
    .WithSubscriptions()
    .WithCachingHints()
    .WithErrand(errand => errand.UseSqlite(args[0]));
var app = builder.Build();
app.MapErrandMcp();
await app.StartAsync();
Console.WriteLine($"ready {app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp");
while (await Console.In.ReadLineAsync() is not null) { }
await app.StopAsync();
