using Errand.Storage;
using Errand.Testing;
using static Errand.Tests.Kinds;
using static Errand.Tests.Scheduling.ScheduleKit;

namespace Errand.Tests.Scheduling;

/// <summary>However many servers there are and whatever happens to them: each run is started, and started once.</summary>
public sealed class ScheduleTickerTests
{
    [Fact]
    public void I1_several_servers_start_each_run_once()
    {
        using var a = Start();
        using var b = a.StartAnother();
        using var c = a.StartAnother();
        a.Create(Every(Minutes(1)) with { MissedRuns = MissedRuns.RunAll });
        a.Advance(Hours(1));
        b.Node.Kill();
        a.Advance(Hours(1));
        a.Stop();
        a.Advance(Hours(1));
        Assert.Equal(180, c.Times().Distinct().Count());
        Assert.Equal(180, c.Jobs().Count);
        Assert.Equal(180, c.Schedule().Runs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void I1_servers_that_die_freeze_and_lose_answers_start_each_run_once(int seed)
    {
        var spies = new List<StoreSpy>();
        var memory = new MemoryJobStore();
        var chance = new Random(seed);
        var watcher = Start(memory, seed);
        watcher.Create(Every(Seconds(7)) with { MissedRuns = MissedRuns.RunAll });
        watcher.Create(Cron("*/20 * * * * *") with { Name = "y", MissedRuns = MissedRuns.RunAll });
        watcher.Stop();
        List<ErrandTest> servers = [NewServer(), NewServer(), NewServer()];
        for (int i = 0; i < 60; i++)
        {
            int chosen = chance.Next(servers.Count);
            var server = servers[chosen];
            switch (chance.Next(5))
            {
                case 0: server.Node.Freeze(); break;
                case 1: server.Node.Thaw(); break;
                case 2: spies[chosen].LosesAnswers = !spies[chosen].LosesAnswers; break;
                case 3: spies[chosen].Fails = call => chance.Next(4) == 0 ? new StoreUnavailableException($"{call} failed") : null; break;
                default:
                    server.Node.Kill();
                    servers.RemoveAt(chosen);
                    spies.RemoveAt(chosen);
                    servers.Add(NewServer());
                    break;
            }
            server.Advance(Seconds(chance.Next(1, 20)));
        }
        foreach (var server in servers) server.Node.Thaw();
        foreach (var spy in spies) (spy.LosesAnswers, spy.Fails) = (false, null);
        servers[0].Advance(Minutes(1));
        var due = (servers[0].Time.GetUtcNow() - ScheduleTexts.Begin).TotalSeconds;
        foreach (var (name, seconds) in new[] { ("x", 7), ("y", 20) })
        {
            var expected = Enumerable.Range(1, (int)due / seconds).Select(i => ScheduleTexts.Begin + Seconds(seconds * i));
            Assert.Equal(expected, servers[0].Jobs(name).Select(ScheduleKit.ScheduledFor));
        }
        foreach (var server in servers) server.Dispose();
        watcher.Dispose();

        ErrandTest NewServer()
        {
            spies.Add(new StoreSpy(memory));
            return watcher.StartAnother(store: spies[^1]);
        }
    }

    [Fact]
    public void I1_a_crash_after_the_job_and_before_the_schedule_is_written_doubles_nothing()
    {
        var spy = new StoreSpy();
        using var errand = Start(spy);
        errand.Create(Every(Hours(1)));
        spy.Fails = call =>
        {
            if (call == "write record") errand.Node.Kill();
            return call == "write record" ? new StoreUnavailableException("gone") : null;
        };
        errand.Advance(Hours(1.1));
        spy.Fails = null;
        using var next = errand.StartAnother();
        Assert.Equal(["01:00"], next.Times());
        Assert.Equal(1, next.Schedule().Runs);
    }

    [Fact]
    public void I1_a_crash_before_the_job_is_written_loses_nothing()
    {
        var spy = new StoreSpy();
        using var errand = Start(spy);
        errand.Create(Every(Hours(1)) with { MissedRuns = MissedRuns.Skip });
        spy.Fails = call =>
        {
            if (call == "add") errand.Node.Kill();
            return call == "add" ? new StoreUnavailableException("gone") : null;
        };
        errand.Advance(Hours(1) + Seconds(10));
        spy.Fails = null;
        using var next = errand.StartAnother();
        Assert.Equal(["01:00"], next.Times());
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void B_46_a_clock_that_jumps_starves_no_schedule_and_doubles_no_run(int minutes)
    {
        using var errand = Start();
        errand.Create(Every(Minutes(15)));
        errand.Create(Cron("*/15 * * * *") with { Name = "y" });
        errand.Advance(Hours(1.01));
        errand.Time.WallClockOffset += Minutes(minutes);
        errand.Advance(Hours(2));
        errand.Time.WallClockOffset -= Minutes(minutes);
        errand.Advance(Hours(2));
        foreach (string name in new[] { "x", "y" })
        {
            Assert.Equal(errand.Times(name).Distinct(), errand.Times(name));
            // Every quarter of an hour of true time, and one run for the hour that was skipped.
            Assert.InRange(errand.Times(name).Length, 20, 21);
            Assert.All(errand.Jobs(name).Zip(errand.Jobs(name).Skip(1)), pair =>
                Assert.True(pair.Second.ScheduledFor() - pair.First.ScheduledFor() is { TotalMinutes: 15 or 60 }));
        }
    }

    [Fact]
    public void I1_a_thousand_schedules_cost_next_to_nothing_while_nothing_is_due()
    {
        var (none, many) = (CallsInAnHour(0), CallsInAnHour(1000));
        // One look a second whether anything was changed, with schedules or without, and all of them every five minutes, 500 at a time.
        Assert.InRange(many.GetValueOrDefault("read record") - none.GetValueOrDefault("read record"), -10, 10);
        Assert.InRange(many["list records"] - none["list records"], 1, 12 * 2);
        foreach (string write in new[] { "add", "apply", "write record" }) Assert.Equal(none.GetValueOrDefault(write), many.GetValueOrDefault(write));
    }

    private static Dictionary<string, int> CallsInAnHour(int count)
    {
        var spy = new StoreSpy();
        using var errand = Start(spy);
        for (int i = 0; i < count; i++)
            errand.Create(Cron($"{i % 60} {i % 24} 1 7 *") with { Name = $"n{i}", TimeZone = i % 2 == 0 ? "Europe/Berlin" : null });
        errand.Advance(Minutes(1));
        spy.Calls.Clear();
        errand.Advance(Hours(1));
        return new(spy.Calls);
    }

    [Fact]
    public void I1_a_thousand_schedules_that_are_due_at_once_all_run()
    {
        var spy = new StoreSpy();
        using var errand = Start(spy);
        for (int i = 0; i < 1000; i++) errand.Create(Cron("10 0 * * *") with { Name = $"n{i}" });
        errand.Advance(Minutes(11));
        var counts = errand.Run(_ => spy.CountAsync(new()));
        Assert.Equal(1000, counts[JobState.Completed]);
        Assert.Equal(1, errand.Schedule("n999").Runs);
    }

    [Fact]
    public void I1_a_server_leaves_schedules_of_other_kinds_to_others_and_one_that_runs_nothing_leaves_all()
    {
        using var errand = Start();
        using var other = errand.StartAnother(builder => builder.Add("other", job => Task.CompletedTask));
        using var onlooker = errand.StartOnlooker();
        errand.Create(Every(Hours(1)));
        other.Create(Every(Hours(1)) with { Name = "y", Job = new("other") });
        errand.Stop();
        other.Advance(Hours(2.5));
        Assert.Equal((0, 2), (other.Times().Length, other.Times("y").Length));
        using var next = errand.StartAnother();
        Assert.Equal(["02:00"], next.Times());
    }

    [Fact]
    public void I1_a_run_that_is_refused_is_tried_again()
    {
        var memory = new MemoryJobStore();
        using var errand = Start(memory);
        errand.Create(Every(Hours(1)));
        errand.Run(_ => memory.WriteRecordAsync($"{StoreRecord.Draining}note", 0, JobData.Parse("true")));
        errand.Advance(Hours(2.5));
        Assert.Empty(errand.Times());
        errand.Run(_ => memory.WriteRecordAsync($"{StoreRecord.Draining}note", 1, JobData.None));
        errand.Advance(Minutes(1));
        Assert.Equal(["02:00"], errand.Times());
    }

    [Fact]
    public void I1_a_store_that_is_away_for_a_while_delays_and_loses_nothing()
    {
        var spy = new StoreSpy();
        using var errand = Start(spy);
        errand.Create(Every(Hours(1)));
        errand.Advance(Hours(1) - Minutes(1));
        spy.IsAway = true;
        errand.Advance(Minutes(10));
        spy.IsAway = false;
        errand.Advance(Seconds(5));
        Assert.Equal(["01:00"], errand.Times());
    }

    [Fact]
    public void I1_a_schedule_that_cannot_be_read_holds_up_no_other()
    {
        var memory = new MemoryJobStore();
        using var errand = Start(memory);
        errand.Run(_ => memory.WriteRecordAsync("schedule/a", 0, JobData.Parse("""{"schedule":{"name":"a","missedRuns":"OfTheFuture"}}""")));
        errand.Run(_ => memory.WriteRecordAsync("schedule/b", 0, JobData.Parse("[]")));
        errand.Create(Every(Hours(1)));
        errand.Advance(Hours(1));
        Assert.Equal(["01:00"], errand.Times());
        Assert.Equal("x", Assert.Single(errand.Ask(schedules => schedules.ListAsync())).Schedule.Name);
        Assert.Contains("newer version", Assert.Throws<StoreRefusedException>(() => errand.Schedule("a")).Message, StringComparison.Ordinal);
    }
}
