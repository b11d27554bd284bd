using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

public sealed class PromotionRaceTests
{
    private const int Wanted = 500;
    private static readonly CallOptions TwoMilliseconds = new() { AsyncTimeout = Milliseconds(2) };

    /// <summary>On real threads with the real clock: the body takes about as long as its caller waits, and the test aims it at the very moment.</summary>
    [Fact]
    public async Task B_06_the_body_runs_exactly_once_whoever_wins_the_race()
    {
        int[] bodies = new int[30_000];
        double aim = 2;
        using var host = HostWith(builder => builder.AddJob<int, int>("race", async (call, job) =>
        {
            Interlocked.Increment(ref bodies[call]);
            await Task.Yield();
            long startedAt = job.Time.GetTimestamp();
            while (job.Time.GetElapsedTime(startedAt).TotalMilliseconds < aim) Thread.SpinWait(10);
            return call;
        }));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<IJobClient>();
        int inTime = 0, promoted = 0, call = 0;
        for (; (inTime < Wanted || promoted < Wanted) && call < bodies.Length; call++)
        {
            var result = await client.CallAsync("race", call, TwoMilliseconds, TestContext.Current.CancellationToken).AsTask().InTime();
            var outcome = result.IsPromoted
                ? (await client.WaitAsync(result.Job!.Id, null, TestContext.Current.CancellationToken).AsTask().InTime()).Job.Outcome!
                : result.Outcome!;
            Assert.Equal($"{call}", outcome.Result.ToString());
            if (result.IsPromoted) promoted++;
            else inTime++;
            // A little sooner after a loss, a little later after a win.
            aim = Math.Clamp(aim * (result.IsPromoted ? 0.97 : 1.03), 0.01, 50);
        }
        await host.StopAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{call} calls: {inTime} in time, {promoted} promoted");
        Assert.All(bodies.Take(call), runs => Assert.Equal(1, runs));
        Assert.True(inTime >= Wanted && promoted >= Wanted, $"{inTime} in time, {promoted} promoted");
    }

    /// <summary>On one thread, where a seed decides what runs first at the very moment at which both come due.</summary>
    [Fact]
    public void B_06_at_the_very_moment_either_may_win_and_both_are_right()
    {
        int inTime = 0, promoted = 0;
        for (int seed = 1; seed <= 400; seed++)
        {
            int bodies = 0;
            using var errand = ErrandTest.Start(builder => builder.Add("race", async job =>
            {
                bodies++;
                await Task.Delay(Seconds(1), job.Time);
                return "7";
            }), seed: seed);
            var result = errand.Run(client => client.CallAsync(new JobSpec("race"), Patience(1)));
            var outcome = result.IsPromoted ? errand.End(result.Job!.Id).Outcome! : result.Outcome!;
            Assert.Equal("7", outcome.Result.ToString());
            Assert.Equal(1, bodies);
            // Answered plainly means that no row was left behind, and promoted that there is one.
            Assert.Equal(result.IsPromoted ? 1 : 0, errand.Run(client => client.ListAsync(new())).Items.Count);
            if (result.IsPromoted) promoted++;
            else inTime++;
        }
        Assert.True(inTime > 20 && promoted > 20, $"{inTime} in time, {promoted} promoted");
    }

    private static IHost HostWith(Action<ErrandBuilder> build)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(build);
        return builder.Build();
    }
}
