using Errand;
using Errand.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

// Another process at a store, for tests: it adds jobs, several at a time, and prints the id of each once it is acknowledged.
// With a number it ends after so many; without one it goes on until it is killed or its input ends.
string path = args[0];
int left = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : int.MaxValue;
await using var store = new SqliteJobStore(
    new SqliteStoreOptions { Path = path }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance);
await store.OpenAsync();
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
using var ended = new CancellationTokenSource();
if (left == int.MaxValue) _ = Task.Run(WatchInput);
await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AddAsync()));

async Task AddAsync()
{
    while (!ended.IsCancellationRequested && Interlocked.Decrement(ref left) >= 0)
    {
        var now = TimeProvider.System.GetUtcNow();
        var job = Job.Queued(JobId.New(now), new JobSpec("work", JobData.Parse("""{"some":"input"}""")), now);
        await store.AddAsync([job]);
        lock (output) output.WriteLine(job.Id.ToString());
    }
}

void WatchInput()
{
    Console.In.ReadLine();
    ended.Cancel();
}
