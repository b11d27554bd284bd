using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
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

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_listens_and_goes_away_leaves_nothing_under_way()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(sessions: true, app => app.Use(async (context, next) =>
        {
            try { await next(context); }
            finally { ended.TrySetResult(); }
        }));
        var request = Current.Request("subscriptions/listen", new() { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } });
        (string, string)[] headers = [Current.Version, Current.Method("subscriptions/listen")];
        using (var answer = await host.OpenAsync(HttpMethod.Post, HttpHost.Json(request.ToJsonString()), headers))
        {
            using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.NotNull(await stream.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.False(ended.Task.IsCompleted);
        }
        await ended.Task;
    }

    private static Task<HttpHost> StartAsync(bool sessions, Action<WebApplication>? before = null) => HttpHost.StartAsync(
        options => options.Sessions = sessions,
        services => services.AddMcpServer()
            .WithErrand(configure: errand => errand.Tools["wait"] = new() { AsyncTimeout = Timeout.InfiniteTimeSpan }),
        before);

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
