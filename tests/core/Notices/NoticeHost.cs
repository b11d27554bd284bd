using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Notices;

/// <summary>A real host whose notices go to servers and commands of this machine, with a clock that the test moves.</summary>
internal sealed class NoticeHost : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly IHost _host;

    private NoticeHost(IHost host) => _host = host;

    public HandMovedTime Time => (HandMovedTime)_host.Services.GetRequiredService<TimeProvider>();

    public IJobClient Client => _host.Services.GetRequiredService<IJobClient>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<NoticeHost> StartAsync(Action<NoticeOptions>? configure = null, Action<ErrandBuilder>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(new HandMovedTime());
        builder.Services.AddErrand(errand =>
        {
            errand.AddSleep().Add("work", _ => Task.CompletedTask).Add("fail", _ => throw new InvalidOperationException("no luck"));
            errand.AddNotices(options =>
            {
                (options.Secret, options.AllowHttp, options.AllowInternal) = (Secret, true, true);
                configure?.Invoke(options);
            });
            // A jump of the clock must not make the runner doubt that it lives: it would wait for time to pass.
            errand.Configure(options => options.LeaseTime = TimeSpan.FromDays(1));
            more?.Invoke(errand);
        });
        var host = new NoticeHost(builder.Build());
        await host._host.StartAsync(Token);
        return host;
    }

    /// <summary>A job that has ended, to tell of.</summary>
    public async Task<Job> EndedAsync(JobSpec spec) => await EndAsync((await Client.SubmitAsync(spec, Token)).Id);

    public async Task<Job> EndAsync(JobId id) => (await Client.WaitAsync(id, null, Token).AsTask().InTime()).Job;

    /// <summary>Waits for a moment in the life of a job, without letting time pass.</summary>
    public async Task<Job> WhenAsync(JobId id, Func<Job, bool> holds)
    {
        async Task<Job> FollowAsync()
        {
            await foreach (var job in Client.WatchAsync(id, 0, Token))
                if (holds(job)) return job;
            throw new InvalidOperationException("The job has ended, and it never was so.");
        }
        return await FollowAsync().InTime();
    }

    /// <summary>Waits for a failed attempt, and lets time pass until the next one is due.</summary>
    public async Task<TimeSpan> ToNextAttemptAsync(JobId id, int attempt)
    {
        var job = await WhenAsync(id, job => job.State == JobState.Queued && job.Attempt == attempt);
        var wait = job.ScheduledAt - Time.GetUtcNow();
        Time.Advance(wait);
        await TrickleAsync(WhenAsync(id, job => job.IsTerminal || job.Attempt > attempt));
        return wait;
    }

    public async Task<Job> SubmitAsync(string kind, JobId about, string? url = null, string? command = null)
    {
        var input = new NoticeInput(NoticeTypes.Ended, about.ToString(), null, url, command);
        return await Client.SubmitAsync(new JobSpec(kind, JobData.From(input, NoticeJson.Default.NoticeInput)), Token);
    }

    public async ValueTask DisposeAsync()
    {
        // What is left behind may be waited for, and on this clock no time passes by itself.
        await TrickleAsync(_host.StopAsync(CancellationToken.None));
        _host.Dispose();
    }

    /// <summary>Lets time go on while something is awaited: a thread may just have set its alarm by the time before the last jump.</summary>
    private async Task TrickleAsync(Task awaited)
    {
        while (await Task.WhenAny(awaited, Task.Delay(1, CancellationToken.None)) != awaited) Time.Advance(Seconds(0.1));
        await awaited;
    }
}
