using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Hosting;

/// <summary>The clock that tests move.</summary>
public sealed class SimulatedTimeTests
{
    private readonly SimulatedWorld _world = new(1);
    private readonly SimulatedNode _node;
    private readonly SimulatedTime _time;
    private readonly List<string> _fired = [];

    public SimulatedTimeTests()
    {
        _node = _world.AddNode("node");
        _time = _node.Time;
    }

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        Assert.Equal((now, stamp), (_time.GetUtcNow(), _time.GetTimestamp()));
        _world.Advance(Seconds(1));
        Assert.Equal(now + Seconds(1), _time.GetUtcNow());
        Assert.Equal(Seconds(1), _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void It_does_not_go_back() => Assert.Throws<ArgumentOutOfRangeException>(() => _world.Advance(Seconds(-1)));

    [Fact]
    public void A_jump_of_the_wall_clock_moves_neither_timestamps_nor_timers()
    {
        using var timer = Timer("a", 60);
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        _time.WallClockOffset += Hours(1);
        Assert.Equal((now.AddHours(1), stamp), (_time.GetUtcNow(), _time.GetTimestamp()));
        _time.WallClockOffset -= Hours(2);
        Assert.Equal(now.AddHours(-1), _time.GetUtcNow());
        _world.RunToIdle();
        Assert.Empty(_fired);
        _world.Advance(Seconds(60));
        Assert.Equal(["a@60"], _fired);
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_each_at_its_own()
    {
        using var c = Timer("c", 3);
        using var a = Timer("a", 1);
        _world.Advance(Seconds(2));
        Assert.Equal(["a@1"], _fired);
        _world.Advance(Seconds(10));
        Assert.Equal(["a@1", "c@3"], _fired);
    }

    [Fact]
    public void Timers_of_one_moment_fire_in_an_order_that_the_seed_decides()
    {
        var orders = Enumerable.Range(1, 20).Select(seed =>
        {
            var world = new SimulatedWorld(seed);
            var node = world.AddNode("node");
            string order = "";
            foreach (string name in new[] { "a", "b", "c" }) node.Time.CreateTimer(_ => order += name, null, Seconds(1), Timeout.InfiniteTimeSpan);
            world.Advance(Seconds(1));
            return order;
        });
        Assert.True(orders.Distinct().Count() > 1);
    }

    [Fact]
    public void Timers_that_are_set_by_timers_fire_on_the_same_way()
    {
        using var a = _time.CreateTimer(_ => { Note("a"); Timer("b", 2); Timer("c", 30); }, null, Seconds(1), Timeout.InfiniteTimeSpan);
        _world.Advance(Seconds(10));
        Assert.Equal(["a@1", "b@3"], _fired);
    }

    [Fact]
    public void A_timer_with_a_period_fires_again_and_again()
    {
        using var a = _time.CreateTimer(_ => Note("a"), null, Seconds(1), Seconds(2));
        _world.Advance(Seconds(6));
        Assert.Equal(["a@1", "a@3", "a@5"], _fired);
    }

    [Fact]
    public void A_timer_can_be_changed_and_stopped()
    {
        var a = Timer("a", 1);
        Assert.True(a.Change(Seconds(5), Timeout.InfiniteTimeSpan));
        _world.Advance(Seconds(4));
        Assert.True(a.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _world.Advance(Seconds(4));
        Assert.True(a.Change(Seconds(1), TimeSpan.Zero));
        a.Dispose();
        Assert.False(a.Change(Seconds(1), Timeout.InfiniteTimeSpan));
        _world.Advance(Seconds(4));
        Assert.Empty(_fired);
    }

    [Fact]
    public async Task Delays_and_time_limits_follow_it()
    {
        var delay = Task.Delay(Seconds(5), _time, TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(Seconds(3), _time);
        _world.Advance(Seconds(3));
        Assert.True(limit.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        _world.Advance(Seconds(2));
        await delay;
    }

    [Fact]
    public void A_frozen_process_finds_its_timers_late()
    {
        using var a = Timer("a", 1);
        _node.Freeze();
        _world.Advance(Seconds(10));
        Assert.Empty(_fired);
        _node.Thaw();
        _world.RunToIdle();
        Assert.Equal(["a@10"], _fired);
    }

    private ITimer Timer(string name, int seconds) => _time.CreateTimer(_ => Note(name), null, Seconds(seconds), Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name}@{_time.GetTimestamp() / TimeSpan.TicksPerSecond}");
}
