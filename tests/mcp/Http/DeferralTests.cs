using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.Http;

/// <summary>What becomes of deferrable calls whose connections break.</summary>
public sealed class DeferralTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Before_2026_07_28_the_call_is_handed_over_at_once_and_ends_as_a_job(bool sessions)
    {
        await using var host = await StartAsync(sessions);
        (string, string)[] headers = sessions ? [Legacy.Session(await host.BeginAsync())] : [];
        using (await host.OpenAsync(HttpMethod.Post, HttpHost.Json(Legacy.Call("wait")), headers)) await host.Tools.Began.Task;
        var job = await ListedAsync(host);
        Assert.Equal(JobState.Running, job.State);
        host.Tools.Gate.SetResult();
        var end = (await Jobs(host).WaitAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken)).Job;
        Assert.Equal(JobState.Completed, end.State);
    }

    [Fact(Timeout = 60_000)]
    public async Task From_2026_07_28_on_the_call_is_cancelled_and_leaves_no_job()
    {
        await using var host = await StartAsync(sessions: true);
        using var leave = new CancellationTokenSource();
        var call = host.OpenAsync(HttpMethod.Post, HttpHost.Json(Current.Call("wait").ToJsonString()), Current.Headers("wait"), leave.Token);
        await host.Tools.Began.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => (await call).Dispose());
        Assert.Equal("cancelled", await host.Tools.Ended.Task);
        Assert.Empty((await Jobs(host).ListAsync(new(), TestContext.Current.CancellationToken)).Items);
    }

    private static Task<HttpHost> StartAsync(bool sessions) => HttpHost.StartAsync(
        options => options.Sessions = sessions,
        services => services.AddMcpServer().WithErrand(configure: errand => errand.Tools["wait"] = new() { AsyncTimeout = Timeout.InfiniteTimeSpan }));

    private static IJobClient Jobs(HttpHost host) => host.App.Services.GetRequiredService<IJobClient>();

    // Nothing tells when the server has noticed that a client is gone.
    private static async Task<Job> ListedAsync(HttpHost host)
    {
        while (true)
        {
            if ((await Jobs(host).ListAsync(new(), TestContext.Current.CancellationToken)).Items is [var job]) return job;
            await Task.Yield();
        }
    }
}
