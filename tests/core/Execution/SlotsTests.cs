using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

public sealed class SlotsTests
{
    private readonly List<string> _started = [];

    [Fact]
    public void H1_never_more_jobs_run_than_there_are_slots_and_all_are_done()
    {
        int running = 0, most = 0;
        using var errand = ErrandTest.Start(builder => builder
            .Add("count", async job =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(Seconds(1), job.Time);
                running--;
            })
            .Configure(options => options.Slots = 3));
        var jobs = errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("count"), 20)]));
        Assert.All(jobs, job => Assert.Equal(JobState.Completed, errand.End(job.Id).State));
        Assert.Equal(3, most);
        Assert.Equal(Seconds(7), errand.World.Elapsed);
    }

    [Fact]
    public void H1_by_default_there_are_ten()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Sleep(10), 25)]));
        errand.Advance(Seconds(1));
        Assert.Equal((10, 15), Counts(errand));
    }

    [Fact]
    public void H1_a_promoted_call_never_waits_for_a_slot_and_counts_from_then_on()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Configure(options => options.Slots = 1));
        errand.Submit(Sleep(10));
        for (int i = 0; i < 3; i++) Assert.True(errand.Run(client => client.CallAsync(Sleep(60), Patience(1))).IsPromoted);
        var queued = errand.Submit(Sleep(1)).Id;
        Assert.Equal((4, 1), Counts(errand));
        // The first one has ended, but the promoted ones hold more slots than there are.
        errand.Advance(Seconds(20));
        Assert.Equal((3, 1), Counts(errand));
        Assert.Equal(JobState.Completed, errand.End(queued).State);
        Assert.True(errand.World.Elapsed >= Seconds(61));
    }

    [Fact]
    public void H1_jobs_of_a_session_run_one_at_a_time_in_order()
    {
        using var errand = StartNoting(slots: 10);
        errand.Run(client => client.SubmitAsync([Note("a") with { Session = "s" }, Note("b") with { Session = "s" }, Note("c") with { Session = "s" }, Note("other")]));
        errand.Advance(Seconds(1.5));
        Assert.Equal(["a", "b", "other"], _started.Order());
        errand.Advance(Seconds(10));
        Assert.Equal(["a", "b", "c"], _started.Where(name => name != "other"));
    }

    [Fact]
    public void B_15_when_all_slots_are_busy_it_is_queued_with_its_place_and_what_holds_it()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Configure(options => options.Slots = 2));
        errand.Run(client => client.SubmitAsync([Sleep(100), Sleep(100)]));
        errand.RunToIdle();
        var ids = Enumerable.Range(0, 3).Select(_ => errand.Submit(Sleep(1)).Id).ToArray();
        for (int i = 0; i < ids.Length; i++)
        {
            var status = errand.Run(client => client.StatusAsync(ids[i]));
            Assert.Equal(JobState.Queued, status.Job.State);
            Assert.Equal((JobWaitReasons.Slot, i + 1), (status.WaitingFor!.Reason, status.WaitingFor.Position!.Value));
            Assert.Contains("2 of 2 slots", status.WaitingFor.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void H2_a_higher_priority_goes_first_and_the_rest_in_order_of_arrival()
    {
        using var errand = StartNoting(slots: 1);
        errand.Submit(Note("first"));
        foreach (var (name, priority) in new[] { ("low", -5), ("normal", 0), ("normal2", 0), ("high", 5) }) errand.Submit(Note(name) with { Priority = priority });
        errand.Advance(Seconds(20));
        Assert.Equal(["first", "high", "normal", "normal2", "low"], _started);
    }

    [Fact]
    public void H2_the_lowest_priority_starts_at_last_while_higher_ones_keep_coming()
    {
        using var errand = StartNoting(slots: 1);
        errand.Submit(Note("first"));
        errand.Submit(Note("lowest") with { Priority = -10 });
        // Two come each second and one is done: the line only grows.
        int seconds = 0;
        for (; seconds < 3000 && !_started.Contains("lowest"); seconds++)
        {
            errand.Run(client => client.SubmitAsync([Note("high") with { Priority = 10 }, Note("high") with { Priority = 10 }]));
            errand.Advance(Seconds(1));
        }
        // Twenty steps of priority are worth twenty minutes of waiting; those that came within them, at two a second, go first.
        Assert.InRange(seconds, 1200, 2500);
    }

    [Fact]
    public void A_job_that_waits_for_input_holds_no_slot()
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}")
            .AddSleep()
            .Configure(options => options.Slots = 1));
        var asking = errand.Submit(new("asks")).Id;
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
        Assert.Equal(JobState.Waiting, errand.Get(asking).State);
    }

    private static (long Running, long Queued) Counts(ErrandTest errand)
    {
        var counts = errand.Run(client => client.CountAsync(new()));
        return (counts[JobState.Running], counts[JobState.Queued]);
    }

    private static JobSpec Note(string name) => new("note", JobData.Parse($"\"{name}\""));

    private ErrandTest StartNoting(int slots) => ErrandTest.Start(builder => builder
        .Add("note", async job =>
        {
            _started.Add(job.Input.ToElement().GetString()!);
            await Task.Delay(Seconds(1), job.Time);
        })
        .Configure(options => options.Slots = slots));
}
