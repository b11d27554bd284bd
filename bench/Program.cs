using Errand.Bench;
using Errand.Bench.Mcp;

if (args is [BenchServer.HttpRole, var httpFolder]) return await BenchServer.HttpAsync(httpFolder);
if (args is [BenchServer.StdioRole, var stdioFolder]) return await BenchServer.StdioAsync(stdioFolder);

// Each benchmark prints figures, one JSON object a line. Names on the command line choose some; without one all run.
(string Name, Func<Task> Run)[] benchmarks =
[
    ("inline", InlineCalls.RunAsync),
    ("memory", Throughput.MemoryAsync),
    ("memory-pickup", () => PickUp.RunAsync(BenchStore.Memory)),
    ("memory-footprint", Footprint.RunAsync),
    ("sqlite", Throughput.SqliteAsync),
    ("sqlite-pickup", () => PickUp.RunAsync(BenchStore.Sqlite)),
    ("sqlite-caps", Throughput.CapsAsync),
    ("sqlite-waiting", WaitingJobs.RunAsync),
    ("sqlite-releases", Releases.RunAsync),
    ("sqlite-idle", Idle.RunAsync),
    ("sqlite-size", StoreSize.RunAsync),
    ("commands", CommandBench.RunAsync),
    ("mcp-http", McpOverHttp.RunAsync),
    ("mcp-stdio", McpOverStdio.RunAsync),
];
string[] unknown = [.. args.Except(benchmarks.Select(benchmark => benchmark.Name))];
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown[0]}'. There are: {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}.");
    return 2;
}
foreach (var (name, run) in benchmarks)
    if (args.Length == 0 || args.Contains(name)) await run();
return 0;
