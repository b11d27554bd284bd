using Errand.Storage;
using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

public sealed class StopTests
{
    private int _started;

    [Fact]
    public void B_23_cancelled_while_queued_it_never_runs()
    {
        using var errand = Start(slots: 1);
        errand.Submit(Sleep(10));
        var id = errand.Submit(new("count")).Id;
        var reply = errand.Run(client => client.CancelAsync(id, "ann"));
        Assert.Equal((StopAnswer.Cancelled, JobState.Cancelled), (reply.Answer, reply.Job!.State));
        Assert.Contains("had not started", reply.Message, StringComparison.Ordinal);
        errand.Advance(Minutes(1));
        Assert.Equal(0, _started);
        Assert.Equal(0, errand.Get(id).Attempt);
    }

    [Fact]
    public void B_23_what_was_cancelled_completed_or_never_there_is_answered_in_words_and_stays_as_it_is()
    {
        using var errand = Start();
        var cancelled = errand.Submit(Sleep(10)).Id;
        errand.Run(client => client.CancelAsync(cancelled, "ann"));
        errand.RunToIdle();
        Says(cancelled, StopAnswer.AlreadyCancelled, "already cancelled", JobState.Cancelled);
        var completed = errand.End(errand.Submit(Sleep(1)).Id).Id;
        Says(completed, StopAnswer.AlreadyFinished, "already completed", JobState.Completed);
        var failed = errand.End(errand.Submit(new("fails")).Id).Id;
        Says(failed, StopAnswer.AlreadyFinished, "already failed", JobState.Failed);
        Says(JobId.New(errand.Time.GetUtcNow()), StopAnswer.NotFound, "not found", null);

        void Says(JobId id, StopAnswer answer, string words, JobState? stays)
        {
            foreach (var reply in new[] { errand.Run(client => client.CancelAsync(id, "bob")), errand.Run(client => client.KillAsync(id, "bob")) })
            {
                Assert.Equal(answer, reply.Answer);
                Assert.Contains(words, reply.Message, StringComparison.Ordinal);
            }
            Assert.Equal(stays, errand.Run(client => client.FindAsync(id))?.State);
        }
    }

    [Fact]
    public void B_23_nothing_running_in_a_session_is_no_error()
    {
        using var errand = Start();
        Assert.Empty(errand.Run(client => client.CancelAllAsync(new() { Session = "idle" }, "ann")));
    }

    [Fact]
    public void B_29_a_second_cancel_while_the_first_is_under_way_is_already_cancelling()
    {
        using var errand = Start();
        var id = errand.Submit(new("deaf")).Id;
        errand.RunToIdle();
        errand.Run(client => client.CancelAsync(id, "ann"));
        var reply = errand.Run(client => client.CancelAsync(id, "bob"));
        Assert.Equal(StopAnswer.AlreadyCancelling, reply.Answer);
        Assert.Contains("already cancelling", reply.Message, StringComparison.Ordinal);
        Assert.Equal("ann", errand.Get(id).CancelRequest!.By);
    }

    [Fact]
    public void F1_a_cancel_from_another_process_is_acknowledged_and_heard_at_once()
    {
        using var errand = Start();
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(60)).Id;
        errand.Advance(Seconds(1));
        Assert.Equal(StopAnswer.Cancelling, other.Run(client => client.CancelAsync(id, "ann")).Answer);
        other.RunToIdle();
        Assert.Equal(JobState.Cancelled, other.Get(id).State);
        Assert.Equal(Seconds(1), errand.World.Elapsed);
    }

    [Fact]
    public void F1_a_cancel_is_heard_though_every_wake_up_is_lost()
    {
        using var errand = Start(store: new StoreSpy { LosesHints = true });
        var id = errand.Submit(Sleep(60)).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.Advance(Seconds(3));
        Assert.Equal(JobState.Cancelled, errand.Get(id).State);
    }

    [Fact]
    public void F4_a_kill_leaves_behind_what_does_not_listen()
    {
        using var errand = Start(slots: 1);
        var id = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.Advance(Seconds(60));
        Assert.Equal(JobState.Running, errand.Get(id).State);
        Assert.Equal(StopAnswer.Cancelling, errand.Run(client => client.KillAsync(id, "bob")).Answer);
        errand.Advance(Seconds(5));
        var job = errand.Get(id);
        Assert.Equal(JobState.Cancelled, job.State);
        Assert.Equal(("ann", true), (job.CancelRequest!.By is "ann" or "bob" ? "ann" : "", job.CancelRequest.Force));
        // Its slot is free although its body still goes on.
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
    }

    [Fact]
    public void F4_killing_twice_is_already_cancelling()
    {
        using var errand = Start();
        var id = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        Assert.Equal(StopAnswer.Cancelling, errand.Run(client => client.KillAsync(id, "ann")).Answer);
        Assert.Equal(StopAnswer.AlreadyCancelling, errand.Run(client => client.KillAsync(id, "ann")).Answer);
        Assert.Equal(StopAnswer.AlreadyCancelling, errand.Run(client => client.CancelAsync(id, "ann")).Answer);
        errand.Advance(Seconds(5));
        Assert.Equal(StopAnswer.AlreadyCancelled, errand.Run(client => client.KillAsync(id, "ann")).Answer);
    }

    [Fact]
    public void F2_the_work_sees_its_token_at_once_and_why()
    {
        var reason = StopReason.None;
        using var errand = ErrandTest.Start(builder => builder.Add("looks", async job =>
        {
            try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
            finally { reason = job.StopReason; }
        }));
        var id = errand.Submit(new("looks")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.RunToIdle();
        Assert.Equal((StopReason.Cancelled, JobState.Cancelled), (reason, errand.Get(id).State));
        Assert.Equal(Seconds(1), errand.World.Elapsed);
    }

    [Fact]
    public void F5_a_session_an_owner_an_agent_and_a_filter_are_cancelled_whole_and_nothing_else()
    {
        using var errand = Start();
        Cancels(new() { Session = "s" }, Sleep(60) with { Session = "s" });
        Cancels(new() { Owner = "bob" }, Sleep(60) with { Owner = "bob" });
        Cancels(new() { Agent = "claude" }, Sleep(60) with { Agent = "claude" });
        Cancels(new() { Tag = "night", Kind = "sleep" }, Sleep(60) with { Tags = ["night"] });

        void Cancels(JobQuery query, JobSpec spec)
        {
            var beside = errand.Submit(Sleep(1)).Id;
            var meant = errand.Run(client => client.SubmitAsync([spec, spec, spec]));
            errand.RunToIdle();
            var replies = errand.Run(client => client.CancelAllAsync(query, "ann"));
            Assert.Equal(meant.Select(job => job.Id).Order(), replies.Select(reply => reply.Id).Order());
            errand.RunToIdle();
            Assert.All(meant, job => Assert.Equal(JobState.Cancelled, errand.Get(job.Id).State));
            Assert.Equal(JobState.Completed, errand.End(beside).State);
        }
    }

    [Fact]
    public void F5_more_jobs_than_fit_on_a_page_are_cancelled()
    {
        using var errand = Start(slots: 1);
        errand.Submit(Sleep(10));
        for (int i = 0; i < 3; i++) errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("count") { Tags = ["many"] }, 500)]));
        Assert.Equal(1500, errand.Run(client => client.CancelAllAsync(new() { Tag = "many", Limit = 7 }, "ann")).Count);
        errand.Advance(Minutes(1));
        Assert.Equal(0, _started);
    }

    [Fact]
    public void F5_the_children_of_a_cancelled_job_are_cancelled_and_theirs()
    {
        List<JobId> family = [];
        using var errand = ErrandTest.Start(builder => builder.Add("parent", async job =>
        {
            family.Add(job.Id);
            int depth = job.Input.ToElement().GetInt32();
            if (depth > 0)
            {
                var client = (IJobClient)job.Services.GetService(typeof(IJobClient))!;
                await client.SubmitAsync(new JobSpec("parent", JobData.Parse($"{depth - 1}")) { Parent = job.Id });
            }
            await Task.Delay(Hours(1), job.Time, job.CancellationToken);
        }));
        var root = errand.Submit(new("parent", JobData.Parse("3"))).Id;
        errand.Advance(Seconds(1));
        Assert.Equal(4, family.Count);
        errand.Run(client => client.CancelAsync(root, "ann"));
        errand.RunToIdle();
        Assert.All(family, id => Assert.Equal((JobState.Cancelled, "ann"), (errand.Get(id).State, errand.Get(id).CancelRequest!.By)));
    }

    [Fact]
    public void F8_the_history_says_who_asked_and_when_each_step_happened()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("tidies", async job =>
        {
            try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
            catch (OperationCanceledException) { await Task.Delay(Seconds(2), job.Time); }
        }));
        var id = errand.Submit(new("tidies")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.End(id);
        Assert.Equal(
            [JobEvents.Submitted, JobEvents.Started, JobEvents.CancelRequested, JobEvents.Signalled, JobEvents.WorkEnded, JobEvents.SlotFreed, JobEvents.Finished],
            errand.History(id));
        var history = errand.Run(client => client.HistoryAsync(id));
        var asked = history.Single(line => line.Name == JobEvents.CancelRequested);
        Assert.Equal("ann", asked.By);
        Assert.Equal(asked.At + Seconds(2), history.Single(line => line.Name == JobEvents.WorkEnded).At);
    }

    [Fact]
    public void A_job_that_waits_for_input_is_cancelled_at_once()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}"));
        var id = errand.Submit(new("asks")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.RunToIdle();
        Assert.Equal(JobState.Cancelled, errand.Get(id).State);
        var refusal = Assert.Throws<InputNotExpectedException>(() => errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("1"), "bob")));
        Assert.Contains("waits for no input", refusal.Message, StringComparison.Ordinal);
    }

    private ErrandTest Start(int slots = 10, IJobStore? store = null) => ErrandTest.Start(builder => builder
        .AddSleep()
        .Add("count", _ => Task.FromResult($"{++_started}"))
        .Add("fails", Task (_) => throw new InvalidOperationException("no"))
        .Add("deaf", job => Task.Delay(Hours(1), job.Time), kind => kind.Limits = JobLimits.None)
        .Configure(options => options.Slots = slots), store);
}
