using Errand.Storage;
using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>Jobs that are defined first and started later.</summary>
public sealed class StartTests
{
    [Fact]
    public void B_47_what_was_only_defined_runs_when_it_is_started_and_each_later_start_says_how_far_it_is()
    {
        using var errand = Start();
        var id = errand.Submit(Held(10)).Id;
        errand.Advance(Minutes(10));
        Assert.Equal((JobState.Queued, JobHolds.Start), (errand.Get(id).State, errand.Get(id).Holds));
        var reply = errand.Run(client => client.StartAsync(id, "ann"));
        Assert.Equal((StartAnswer.Started, id), (reply.Answer, reply.Id));
        Assert.Contains("is started", reply.Message, StringComparison.Ordinal);
        errand.Advance(Seconds(1));
        Answers(errand, id, StartAnswer.AlreadyRunning, "already running");
        Assert.Equal(JobState.Completed, errand.End(id).State);
        Answers(errand, id, StartAnswer.AlreadyFinished, "already completed");
        Answers(errand, JobId.New(errand.Time.GetUtcNow()), StartAnswer.NotFound, "was not found");
        Assert.Equal("ann", Assert.Single(errand.Run(client => client.HistoryAsync(id)), line => line.Name == JobEvents.StartRequested).By);
    }

    [Fact]
    public void B_47_what_is_in_line_already_is_told_apart_from_what_runs()
    {
        using var errand = Start();
        errand.Submit(Sleep(100));
        var plain = errand.Submit(Sleep(1)).Id;
        var held = errand.Submit(Held(1)).Id;
        Answers(errand, plain, StartAnswer.AlreadyStarted, "already started");
        Answers(errand, held, StartAnswer.Started, "it is queued");
        Answers(errand, held, StartAnswer.AlreadyStarted, "already started");
    }

    [Fact]
    public void B_15_its_status_says_that_it_waits_to_be_started()
    {
        using var errand = Start();
        var id = errand.Submit(Held(1)).Id;
        var wait = errand.Run(client => client.StatusAsync(id)).WaitingFor!;
        Assert.Equal((JobWaitReasons.Start, null), (wait.Reason, wait.Position));
        Assert.Contains("waits to be started", wait.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void B_47_a_job_that_was_only_defined_can_be_cancelled_and_done_again_without_a_start()
    {
        using var errand = Start();
        var id = errand.Submit(Held(1)).Id;
        Assert.Equal(StopAnswer.Cancelled, errand.Run(client => client.CancelAsync(id, "ann")).Answer);
        Answers(errand, id, StartAnswer.AlreadyFinished, "already cancelled");
        Assert.Equal(JobState.Completed, errand.End(errand.Run(client => client.RetryAsync(id)).Id).State);
    }

    [Fact]
    public void A_call_of_a_job_that_is_only_defined_is_handed_over_and_waits()
    {
        using var errand = Start();
        var result = errand.Run(client => client.CallAsync(Held(1), Patience(2)));
        Assert.True(result.IsPromoted);
        Assert.Equal(JobHolds.Start, errand.Get(result.Job!.Id).Holds);
    }

    [Fact]
    public void B_47_a_cancel_that_comes_first_is_what_a_start_hears_of()
    {
        var memory = new MemoryJobStore();
        var store = new StoreSpy(memory);
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), store);
        var id = errand.Submit(Held(1)).Id;
        // Between the look and the write.
        store.Fails = call =>
        {
            if (call != "apply") return null;
            store.Fails = null;
            _ = memory.ApplyAsync([new(id, JobTransition.RequestCancel("bob", errand.Time.GetUtcNow()))]).AsTask();
            return null;
        };
        Answers(errand, id, StartAnswer.AlreadyFinished, "already cancelled");
    }

    [Fact]
    public void Whoever_starts_a_job_must_say_who()
    {
        using var errand = Start();
        var id = errand.Submit(Held(1)).Id;
        Assert.Equal("by", Assert.Throws<InvalidJobException>(() => errand.Run(client => client.StartAsync(id, " "))).Parameter);
    }

    private static ErrandTest Start() => ErrandTest.Start(builder => builder.AddSleep().Configure(options => options.Slots = 1));

    private static JobSpec Held(double seconds) => Sleep(seconds) with { Held = true };

    private static void Answers(ErrandTest errand, JobId id, StartAnswer answer, string says)
    {
        var reply = errand.Run(client => client.StartAsync(id, "ann"));
        Assert.Equal(answer, reply.Answer);
        Assert.Contains(says, reply.Message, StringComparison.Ordinal);
    }
}
