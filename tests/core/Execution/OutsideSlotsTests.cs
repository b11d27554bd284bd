using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Kinds whose jobs take no slot.</summary>
public sealed class OutsideSlotsTests
{
    [Fact]
    public void B_55_of_twenty_under_a_cap_of_four_four_run_and_the_rest_wait_in_its_line_and_others_run_meanwhile()
    {
        using var errand = Start();
        var agents = errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Agent(60), 20)]));
        var sleep = errand.Submit(Sleep(5)).Id;
        errand.Advance(Seconds(1));
        Assert.Equal((4, 16), Counts(errand, "agent"));
        Assert.Equal(Enumerable.Range(1, 16), agents.Skip(4).Select(agent => errand.Run(client => client.StatusAsync(agent.Id)).WaitingFor!.Position!.Value));
        Assert.Equal(JobState.Running, errand.Get(sleep).State);
        Assert.Equal(JobState.Completed, errand.End(sleep).State);
        Assert.Equal((4, 16), Counts(errand, "agent"));
        Assert.All(agents, agent => Assert.Equal(JobState.Completed, errand.End(agent.Id).State));
        Assert.Equal(Minutes(5), errand.World.Elapsed);
    }

    [Fact]
    public void B_55_they_start_though_all_slots_are_taken_and_leave_those_to_others()
    {
        using var errand = Start();
        var first = errand.Submit(Sleep(30)).Id;
        var second = errand.Submit(Sleep(30)).Id;
        var agents = errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Agent(10), 6)]));
        errand.Advance(Seconds(2));
        Assert.Equal((4, 2), Counts(errand, "agent"));
        Assert.Equal((1, 1), Counts(errand, "sleep"));
        errand.Advance(Seconds(20));
        Assert.All(agents, agent => Assert.Equal(JobState.Completed, errand.Get(agent.Id).State));
        Assert.Equal((JobState.Running, JobState.Queued), (errand.Get(first).State, errand.Get(second).State));
        errand.End(second);
        Assert.Equal(Seconds(60), errand.World.Elapsed);
    }

    [Fact]
    public void Without_a_cap_they_start_at_once_however_many_they_are()
    {
        using var errand = Start();
        errand.Submit(Sleep(30));
        errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("free", JobData.Parse("10")), 50)]));
        errand.Submit(new("free", JobData.Parse("10")));
        errand.Advance(Seconds(1));
        Assert.Equal((51, 0), Counts(errand, "free"));
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
        Assert.Equal(Seconds(31), errand.World.Elapsed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_crash_they_are_taken_over_beyond_the_slots(bool restartable)
    {
        using var errand = Start(restartable);
        errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Agent(30), 4)]));
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        next.Submit(Sleep(100));
        next.Advance(Seconds(2));
        Assert.Equal(restartable ? (4, 0) : (0, 0), Counts(next, "agent"));
        Assert.Equal((1, 0), Counts(next, "sleep"));
        var after = next.Submit(Sleep(1)).Id;
        next.Advance(Seconds(60));
        Assert.Equal(JobState.Queued, next.Get(after).State);
        Assert.Equal(JobState.Completed, next.End(after).State);
    }

    [Fact]
    public void A_call_that_is_handed_over_and_one_that_waits_for_input_leave_the_slots_as_they_are()
    {
        using var errand = Start();
        Assert.True(errand.Run(client => client.CallAsync(new("free", JobData.Parse("10")), Patience(1))).IsPromoted);
        var asks = errand.Submit(new("asks")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.AnswerAsync(asks, "1", JobData.Parse("true"), "ann"));
        errand.End(asks);
        errand.Advance(Seconds(10));
        errand.Run(client => client.SubmitAsync([Sleep(10), Sleep(10)]));
        errand.Advance(Seconds(1));
        Assert.Equal((1, 1), Counts(errand, "sleep"));
    }

    private static ErrandTest Start(bool restartable = false) => ErrandTest.Start(builder => builder
        .AddSleep()
        .Add("agent", WorkAsync, kind =>
        {
            kind.OutsideSlots = true;
            kind.Cap = new() { Running = 4 };
            kind.Restartable = restartable;
        })
        .Add("free", WorkAsync, kind => kind.OutsideSlots = true)
        .Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}", kind => kind.OutsideSlots = true)
        .Configure(options => options.Slots = 1));

    private static JobSpec Agent(int seconds) => new("agent", JobData.Parse($"{seconds}"));

    private static Task WorkAsync(JobContext job) => Task.Delay(Seconds(job.Input.ToElement().GetDouble()), job.Time, job.CancellationToken);

    private static (long, long) Counts(ErrandTest errand, string kind)
    {
        var counts = errand.Run(client => client.CountAsync(new() { Kind = kind }));
        return (counts[JobState.Running], counts[JobState.Queued]);
    }
}
