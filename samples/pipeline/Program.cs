// Work that waits, repeats and depends: a batch of steps that start after one another, two at a time; a step that fails now and then; a dead
// letter that is redriven; and a report that a schedule makes.
using Errand;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

bool repaired = false;
string folder = Directory.CreateTempSubdirectory("errand-pipeline-").FullName;
var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddErrand(errand => errand
    .UseSqlite(Path.Combine(folder, "errand.db"))
    .AddJob("split", async (string text, JobContext job) => { await Task.Yield(); return text.Split(' '); })
    .AddJob("count", async (int word, JobContext job) =>
    {
        await Task.Delay(50, job.CancellationToken);
        if (job.Attempt == 1 && word % 2 == 0) throw new JobErrorException(new("busy", "the counter was busy"));
        var words = (await job.ParentsAsync())[0].Outcome.Result.ToElement();
        return words[word].GetString()!.Length;
    }, kind =>
    {
        kind.Cap = new() { Running = 2 };
        kind.Retry = new() { MaxRetries = 2, BaseDelay = TimeSpan.FromMilliseconds(100) };
    })
    .AddJob("sum", async job =>
    {
        int sum = 0;
        foreach (var (_, outcome) in await job.ParentsAsync()) sum += outcome.Result.ToElement().GetInt32();
        return JobOutcome.Completed(JobData.Parse($"{sum}"));
    })
    .AddJob("publish", _ => repaired ? new(JobOutcome.Completed()) : throw new InvalidOperationException("the server is down"),
        kind => kind.Retry = new() { MaxRetries = 1, BaseDelay = TimeSpan.FromMilliseconds(50) })
    .AddJob("report", _ => new(JobOutcome.Completed())));
using var host = builder.Build();
await host.StartAsync();
var jobs = host.Services.GetRequiredService<IJobClient>();

// A batch: one step, five after it, one after those.
var batch = jobs.CreateBatch();
var split = batch.Add(new("split", JobData.Parse("\"work that waits repeats depends\"")));
JobId[] counts = [.. Enumerable.Range(0, 5).Select(word =>
    batch.Add(new("count", JobData.Parse($"{word}")) { After = [JobDependency.OnSuccess(split)] }))];
var sum = batch.Add(new("sum") { After = [.. counts.Select(JobDependency.OnSuccess)] });
await jobs.SubmitAsync(batch);
var done = await jobs.WaitBatchAsync(batch.Id, TimeSpan.FromMinutes(1));
Console.WriteLine($"batch: {done.Batch.Ended} of {done.Batch.Total} ended, the sum is {await jobs.GetResultAsync<int>(sum)}");
Console.WriteLine($"attempts at the first count: {(await jobs.AttemptsAsync(counts[0])).Count}");

// A dead letter, and its second chance.
var publish = await jobs.SubmitAsync(new JobSpec("publish"));
await jobs.WaitAsync(publish.Id);
Console.WriteLine($"dead letters: {(await jobs.ListAsync(new() { DeadLetters = true })).Items.Count}");
repaired = true;
var again = await jobs.RedriveAsync(publish.Id, by: "sample");
Console.WriteLine($"redriven: {(await jobs.WaitAsync(again.Id)).Job.State}");

// Every second, from now on.
var schedules = host.Services.GetRequiredService<IScheduleClient>();
await schedules.CreateAsync(new() { Name = "report", Job = new("report"), Every = TimeSpan.FromSeconds(1) });
while ((await jobs.CountAsync(new() { Kind = "report" }))[JobState.Completed] < 2) await Task.Delay(100);
Console.WriteLine("reports: 2");
await schedules.DeleteAsync("report");

await host.StopAsync();
await host.Services.GetRequiredService<Errand.Storage.IJobStore>().DisposeAsync();
Directory.Delete(folder, recursive: true);
