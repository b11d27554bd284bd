using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.Http;

/// <summary>Sessions that nobody uses end.</summary>
public sealed class IdleTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(2);
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_session_ends_when_it_was_idle_for_too_long_and_each_request_counts()
    {
        var clock = new HandClock();
        await using var host = await StartAsync(clock);
        string used = await host.BeginAsync(), unused = await host.BeginAsync();
        clock.Advance(Idle - Sweep);
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, Legacy.Session(used))).Status);
        clock.Advance(2 * Sweep);
        Assert.Equal(1, host.Sessions.Count);
        Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session(unused))).Status);
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, Legacy.Session(used))).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_with_a_call_under_way_or_a_stream_is_not_idle()
    {
        var clock = new HandClock();
        await using var host = await StartAsync(clock);
        string calling = await host.BeginAsync(), listening = await host.BeginAsync();
        using var call = await host.OpenAsync(HttpMethod.Post, HttpHost.Json(Legacy.Call("wait")), [Legacy.Session(calling)]);
        await host.Tools.Began.Task;
        using var stream = await host.OpenAsync(HttpMethod.Get, null, [Legacy.Session(listening)]);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        clock.Advance(2 * Idle);
        // A line now and then, so that a client which is no longer there is noticed. Nothing tells when the server waits for the first time to pass.
        var line = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        for (; !line.IsCompleted; await Task.Yield()) clock.Advance(Sweep);
        Assert.Equal(":", await line);
        Assert.Equal(2, host.Sessions.Count);
        host.Tools.Gate.SetResult();
        Assert.Equal("completed", await host.Tools.Ended.Task);
    }

    private static Task<HttpHost> StartAsync(HandClock clock) =>
        HttpHost.StartAsync(options => options.IdleTimeout = Idle, services => services.AddSingleton<TimeProvider>(clock));

    /// <summary>A clock that is moved by hand, with timers that go off on the way.</summary>
    private sealed class HandClock : TimeProvider
    {
        private readonly Lock _lock = new();
        private readonly List<HandTimer> _timers = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan time)
        {
            long end = _now + time.Ticks;
            while (Next(end) is { } next) next.GoOff();
            Interlocked.Exchange(ref _now, end);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandTimer(this, () => callback(state)) { Due = _now + dueTime.Ticks, Period = period.Ticks };
            lock (_lock) _timers.Add(timer);
            return timer;
        }

        private HandTimer? Next(long end)
        {
            lock (_lock)
            {
                if (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is not { } next) return null;
                Interlocked.Exchange(ref _now, next.Due);
                next.Due = next.Period > 0 ? next.Due + next.Period : long.MaxValue;
                return next;
            }
        }

        private sealed class HandTimer(HandClock clock, Action goOff) : ITimer
        {
            public long Due { get; set; }

            public required long Period { get; init; }

            public void GoOff() => goOff();

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose()
            {
                lock (clock._lock) clock._timers.Remove(this);
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
