using Errand.Testing;

namespace Errand.Stores.Tests;

public sealed class ManualTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        Assert.Equal((now, stamp), (_time.GetUtcNow(), _time.GetTimestamp()));
        _time.Advance(Second);
        Assert.Equal(now + Second, _time.GetUtcNow());
        Assert.Equal(Second, _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void It_does_not_go_back() => Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(-Second));

    [Fact]
    public void A_jump_of_the_wall_clock_moves_neither_timestamps_nor_timers()
    {
        using var timer = Timer("a", 60);
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        _time.JumpWallClock(TimeSpan.FromHours(1));
        Assert.Equal((now.AddHours(1), stamp), (_time.GetUtcNow(), _time.GetTimestamp()));
        _time.JumpWallClock(TimeSpan.FromHours(-2));
        Assert.Equal(now.AddHours(-1), _time.GetUtcNow());
        Assert.Empty(_fired);
        _time.Advance(60 * Second);
        Assert.Equal(["a@60"], _fired);
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_each_at_its_own()
    {
        using var c = Timer("c", 3);
        using var a = Timer("a", 1);
        using var b = Timer("b", 3);
        Assert.Equal(Second, _time.UntilNextTimer);
        _time.Advance(2 * Second);
        Assert.Equal(["a@1"], _fired);
        _time.Advance(10 * Second);
        Assert.Equal(["a@1", "c@3", "b@3"], _fired);
        Assert.Null(_time.UntilNextTimer);
    }

    [Fact]
    public void A_timer_that_is_due_at_once_fires_when_the_clock_is_moved_by_nothing()
    {
        using var a = Timer("a", 0);
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(["a@0"], _fired);
    }

    [Fact]
    public void Timers_that_are_set_by_timers_fire_on_the_same_way()
    {
        using var a = _time.CreateTimer(_ => { Note("a"); Timer("b", 2); Timer("c", 30); }, null, Second, Timeout.InfiniteTimeSpan);
        _time.Advance(10 * Second);
        Assert.Equal(["a@1", "b@3"], _fired);
        Assert.Equal(21 * Second, _time.UntilNextTimer);
    }

    [Fact]
    public void A_timer_with_a_period_fires_again_and_again()
    {
        using var a = _time.CreateTimer(_ => Note("a"), null, Second, 2 * Second);
        _time.Advance(6 * Second);
        Assert.Equal(["a@1", "a@3", "a@5"], _fired);
    }

    [Fact]
    public void A_timer_can_be_changed_and_stopped()
    {
        var a = Timer("a", 1);
        Assert.True(a.Change(5 * Second, Timeout.InfiniteTimeSpan));
        _time.Advance(4 * Second);
        Assert.True(a.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _time.Advance(4 * Second);
        Assert.True(a.Change(Second, Timeout.InfiniteTimeSpan));
        a.Dispose();
        Assert.False(a.Change(Second, Timeout.InfiniteTimeSpan));
        _time.Advance(4 * Second);
        Assert.Empty(_fired);
    }

    [Fact]
    public async Task Delays_and_time_limits_follow_it()
    {
        var delay = Task.Delay(5 * Second, _time, TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(3 * Second, _time);
        _time.Advance(3 * Second);
        Assert.True(limit.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        _time.Advance(2 * Second);
        await delay;
    }

    [Fact]
    public void Timers_fire_on_the_thread_that_moves_the_clock()
    {
        int thread = 0;
        using var a = _time.CreateTimer(_ => thread = Environment.CurrentManagedThreadId, null, Second, Timeout.InfiniteTimeSpan);
        _time.Advance(Second);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    private ITimer Timer(string name, int seconds) => _time.CreateTimer(_ => Note(name), null, seconds * Second, Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name}@{_time.GetTimestamp() / TimeSpan.TicksPerSecond}");
}
