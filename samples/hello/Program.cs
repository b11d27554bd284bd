using Errand;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddErrand(errand => errand
    .UseSqlite(Path.Combine(Path.GetTempPath(), "hello-errand", "errand.db"))
    .AddJob("greet", async (Greeting greeting, JobContext job) =>
    {
        job.Log($"greeting {greeting.Name}");
        await Task.Delay(greeting.Milliseconds, job.CancellationToken);
        return $"Hello, {greeting.Name}!";
    }));
using var host = builder.Build();
await host.StartAsync();

var jobs = host.Services.GetRequiredService<IJobClient>();
var patience = new CallOptions { AsyncTimeout = TimeSpan.FromMilliseconds(200) };
foreach (var greeting in new[] { new Greeting("quick one", 10), new Greeting("slow one", 1000) })
{
    var call = await jobs.CallAsync("greet", greeting, patience);
    if (call.IsPromoted) Console.WriteLine($"{greeting.Name}: goes on as job {call.Job!.Id}");
    Console.WriteLine(call.IsPromoted ? await jobs.WaitForResultAsync<string>(call.Job!.Id) : call.GetResult().ToString());
}
await host.StopAsync();

record Greeting(string Name, int Milliseconds);
