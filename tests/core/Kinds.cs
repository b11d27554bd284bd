using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Tests;

/// <summary>Short ways to say what tests say often.</summary>
internal static class Kinds
{
    public static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

    public static TimeSpan Seconds(double count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Minutes(double count) => TimeSpan.FromMinutes(count);

    public static TimeSpan Hours(double count) => TimeSpan.FromHours(count);

    public static CallOptions Patience(double seconds) => new() { AsyncTimeout = Seconds(seconds) };

    /// <summary>A kind whose body returns the JSON it is given back by a function.</summary>
    public static ErrandBuilder Add(this ErrandBuilder builder, string kind, Func<JobContext, Task<string>> work, Action<JobKind>? configure = null) =>
        builder.AddJob(kind, async job => JobOutcome.Completed(JobData.Parse(await work(job))), configure);

    /// <summary>A kind whose body returns nothing.</summary>
    public static ErrandBuilder Add(this ErrandBuilder builder, string kind, Func<JobContext, Task> work, Action<JobKind>? configure = null) =>
        builder.AddJob(kind, async job =>
        {
            await work(job);
            return JobOutcome.Completed();
        }, configure);

    /// <summary>A kind that takes as many seconds as its input says, and answers with them.</summary>
    public static ErrandBuilder AddSleep(this ErrandBuilder builder, Action<JobKind>? configure = null) => builder.Add("sleep", async job =>
    {
        await Task.Delay(Seconds(job.Input.ToElement().GetDouble()), job.Time, job.CancellationToken);
        return job.Input.ToString();
    }, configure);

    public static JobSpec Sleep(double seconds) => new("sleep", JobData.Parse(FormattableString.Invariant($"{seconds}")));

    public static Job Get(this ErrandTest errand, JobId id) => errand.Run(client => client.GetAsync(id));

    /// <summary>Lets time pass until the job has ended.</summary>
    public static Job End(this ErrandTest errand, JobId id) => errand.Run(client => client.WaitAsync(id)).Job;

    public static Job Submit(this ErrandTest errand, JobSpec spec) => errand.Run(client => client.SubmitAsync(spec));

    public static string[] History(this ErrandTest errand, JobId id) => [.. errand.Run(client => client.HistoryAsync(id)).Select(line => line.Name)];

    public static string OutputOf(this ErrandTest errand, JobId id, int? attempt = null)
    {
        var slice = errand.Run(client => client.ReadOutputAsync(id, new() { Attempt = attempt }));
        return string.Concat(slice.Chunks.Select(chunk => System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span)));
    }

    /// <summary>Does something that must end for real within a while.</summary>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    /// <inheritdoc cref="InTime{T}(Task{T})"/>
    public static Task InTime(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}

/// <summary>The queues of an Errand under test.</summary>
internal sealed class TestedQueues(ErrandTest errand)
{
    private IQueueClient Client => errand.Services.GetRequiredService<IQueueClient>();

    public T Run<T>(Func<IQueueClient, ValueTask<T>> call) => errand.Run(_ => call(Client));

    public void Run(Func<IQueueClient, ValueTask> call) => errand.Run(_ => call(Client));
}

internal static class TestedQueuesExtensions
{
    public static TestedQueues Queues(this ErrandTest errand) => new(errand);
}
