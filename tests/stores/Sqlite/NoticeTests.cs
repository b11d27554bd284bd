using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That what is to be told is in the file, and is told by the next process that opens it.</summary>
public sealed class NoticeTests : IDisposable
{
    private const string Command = "notice-command";
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Told => Path.Combine(_folder.Root, "told");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task C9_after_a_crash_between_an_end_and_its_notice_the_next_process_tells_it_once()
    {
        JobId job;
        var first = await StartAsync();
        await first.GetRequiredService<IQueueClient>().PauseAsync(Command, "a test", Token);
        var client = first.GetRequiredService<IJobClient>();
        job = (await client.SubmitAsync(new JobSpec("work") { Notify = [JobNotice.Command("tell")] }, Token)).Id;
        await InTime(client.WaitAsync(job, null, Token));
        // Thrown away without a stop, as a process that dies: nothing more is written.
        await first.DisposeAsync();
        Assert.False(File.Exists(Told));

        await using var next = await StartAsync();
        await next.GetRequiredService<IQueueClient>().ResumeAsync(Command, Token);
        await EndOfNoticeAsync(next);
        Assert.Equal([$"job.ended {job} completed"], await File.ReadAllLinesAsync(Told, Token));
        await StopAsync(next);
    }

    [Fact]
    public async Task C9_a_job_that_another_process_has_submitted_tells_of_its_questions()
    {
        JobId job;
        await using (var front = await StartAsync(options => options.RunsJobs = false))
        {
            job = (await front.GetRequiredService<IJobClient>().SubmitAsync(new JobSpec("ask")
            {
                Notify = [JobNotice.Command("tell") with { On = JobNoticeEvents.Input }],
            }, Token)).Id;
            await StopAsync(front);
        }

        await using var worker = await StartAsync();
        var client = worker.GetRequiredService<IJobClient>();
        await InTime(client.WaitAsync(job, new() { OrInput = true }, Token));
        await EndOfNoticeAsync(worker);
        Assert.Equal([$"job.waiting {job} waiting"], await File.ReadAllLinesAsync(Told, Token));
        await client.AnswerAsync(job, "1", JobData.Parse("true"), "me", Token);
        await InTime(client.WaitAsync(job, null, Token));
        await StopAsync(worker);
    }

    private async Task<ServiceProvider> StartAsync(Action<ErrandOptions>? configure = null)
    {
        string script = $"echo \"$ERRAND_NOTICE $ERRAND_JOB_ID $ERRAND_JOB_STATE\" >> '{Told}'";
        var services = new ServiceCollection().AddLogging().AddErrand(errand => errand
            .UseSqlite(_folder.File)
            .AddJob("work", _ => ValueTask.FromResult(JobOutcome.Completed()))
            .AddJob("ask", async job => JobOutcome.Completed(await job.AskAsync(JobData.Parse("1"))))
            .AddNotices(options => options.Commands["tell"] = ["sh", "-c", script])
            .Configure(options => configure?.Invoke(options)));
        var host = services.BuildServiceProvider();
        foreach (var hosted in host.GetServices<IHostedService>()) await hosted.StartAsync(Token);
        return host;
    }

    private static async Task StopAsync(ServiceProvider host)
    {
        foreach (var hosted in host.GetServices<IHostedService>()) await hosted.StopAsync(Token);
    }

    /// <summary>Waits until the one notice that there is has been told.</summary>
    private static async Task EndOfNoticeAsync(ServiceProvider host)
    {
        var client = host.GetRequiredService<IJobClient>();
        // The notice of a question is added just after the question: the job's version does not tell.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        JobPage page;
        for (page = new([], null); page.Items.Count == 0; page = await client.ListAsync(new() { Kind = Command }, deadline.Token))
            deadline.Token.ThrowIfCancellationRequested();
        var news = await InTime(client.WaitAsync(Assert.Single(page.Items).Id, null, Token));
        Assert.Equal(JobState.Completed, news.Job.State);
    }

    private static async Task<T> InTime<T>(ValueTask<T> answer) => await answer.AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token);
}
