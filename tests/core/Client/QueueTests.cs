using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>H7: pause, resume and drain.</summary>
public sealed class QueueTests
{
    [Theory]
    [InlineData("sleep")]
    [InlineData(null)]
    public void H7_nothing_starts_while_paused_and_all_of_it_once_resumed(string? kind)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        using var other = errand.StartAnother();
        var running = errand.Submit(Sleep(30));
        errand.RunToIdle();
        errand.Queues().Run(queues => queues.PauseAsync(kind, "ann"));
        JobId[] held = [errand.Submit(Sleep(1)).Id, other.Submit(Sleep(1)).Id];
        errand.Advance(Minutes(1));
        Assert.Equal(JobState.Completed, errand.Get(running.Id).State);
        Assert.All(held, id => Assert.Equal(JobState.Queued, errand.Get(id).State));
        var why = errand.Run(client => client.StatusAsync(held[0])).WaitingFor!;
        Assert.Equal(JobWaitReasons.Paused, why.Reason);
        Assert.Contains("paused by ann", why.Detail, StringComparison.Ordinal);
        var gate = Assert.Single(other.Queues().Run(queues => queues.GatesAsync()));
        Assert.Equal((kind ?? "", QueueGateState.Paused, "ann"), (gate.Kind, gate.State, gate.By));
        other.Queues().Run(queues => queues.ResumeAsync(kind));
        Assert.All(held, id => Assert.Equal(JobState.Completed, errand.End(id).State));
        Assert.Empty(errand.Queues().Run(queues => queues.GatesAsync()));
    }

    [Fact]
    public void H7_another_kind_goes_on_while_one_is_paused()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Add("other", _ => Task.FromResult("1")));
        errand.Queues().Run(queues => queues.PauseAsync("sleep", "ann"));
        errand.Submit(Sleep(1));
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(new("other")).Id).State);
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData(null)]
    public void H7_a_drained_queue_takes_no_more_and_runs_what_it_has(string? kind)
    {
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 1).AddSleep());
        JobId[] ids = [errand.Submit(Sleep(10)).Id, errand.Submit(Sleep(10)).Id];
        errand.Queues().Run(queues => queues.DrainAsync(kind, "ann"));
        var refused = Assert.Throws<QueueDrainingException>(() => errand.Submit(Sleep(1)));
        Assert.Equal(kind ?? "", refused.Kind);
        Assert.Throws<QueueDrainingException>(() => errand.Run(client => client.SubmitAsync([Sleep(1), Sleep(2)])));
        Assert.All(ids, id => Assert.Equal(JobState.Completed, errand.End(id).State));
        errand.Queues().Run(queues => queues.ResumeAsync(null));
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
    }

    [Fact]
    public void H7_a_call_inside_its_patience_is_not_held_up_by_a_pause_and_its_hand_over_not_by_a_drain()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        errand.Queues().Run(queues => queues.PauseAsync(null, "ann"));
        errand.Queues().Run(queues => queues.DrainAsync(null, "ann"));
        Assert.Equal("1", errand.Run(client => client.CallAsync(Sleep(1), Patience(5))).Outcome!.Result.ToString());
        var handed = errand.Run(client => client.CallAsync(Sleep(10), Patience(1)));
        Assert.Equal(JobState.Completed, errand.End(handed.Job!.Id).State);
    }

    [Fact]
    public void H7_a_kind_that_is_none_and_nobody_who_does_it_are_refused()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        Assert.Equal("kind", Assert.Throws<InvalidJobException>(() => errand.Queues().Run(queues => queues.PauseAsync("no kind", "ann"))).Parameter);
        Assert.Equal("by", Assert.Throws<InvalidJobException>(() => errand.Queues().Run(queues => queues.PauseAsync("sleep", ""))).Parameter);
    }
}
