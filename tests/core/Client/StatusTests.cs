using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>What is said of jobs: their status, their history, lists of them.</summary>
public sealed class StatusTests
{
    [Fact]
    public void C1_the_status_says_state_timing_attempts_progress_last_lines_and_the_end_to_expect()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            for (int line = 1; line <= 12; line++) job.Log($"line {line}");
            await Task.Delay(Seconds(10), job.Time);
            job.Report(25, 100, "a quarter");
            await Task.Delay(Seconds(60), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        errand.Advance(Seconds(10));
        var status = errand.Run(client => client.StatusAsync(id));
        Assert.Equal((JobState.Running, 1), (status.Job.State, status.Job.Attempt));
        Assert.Equal((25, "a quarter"), (status.Job.Progress!.Percent, status.Job.Progress.Message));
        Assert.Equal(Enumerable.Range(3, 10).Select(line => $"line {line}"), status.LastLines);
        // B-13: 25 of 100 after 10 s leaves 30 s.
        Assert.Equal(errand.Time.GetUtcNow() + Seconds(30), status.Eta?.At);
        Assert.Null(status.WaitingFor);
    }

    [Theory]
    [InlineData(0, 100.0, 0.0, false)]
    [InlineData(5, 0.0, null, false)]
    [InlineData(5, null, null, false)]
    [InlineData(15, 10.0, 100.0, true)]
    [InlineData(-5, 10.0, 0.0, false)]
    [InlineData(50, 100.0, 50.0, true)]
    public void B_13_percent_and_the_end_to_expect(double current, double? total, double? percent, bool eta)
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            await Task.Delay(Seconds(10), job.Time);
            job.Report(current, total);
            await Task.Delay(Seconds(60), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        errand.Advance(Seconds(10));
        var status = errand.Run(client => client.StatusAsync(id));
        Assert.Equal(percent, status.Job.Progress!.Percent);
        Assert.Equal(eta, status.Eta is not null);
    }

    [Fact]
    public void C1_why_it_waits_a_later_time_a_session_a_person()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}"));
        var due = errand.Time.GetUtcNow() + Hours(1);
        var later = errand.Submit(Sleep(1) with { RunAt = due }).Id;
        var ids = errand.Run(client => client.SubmitAsync([Sleep(60) with { Session = "s" }, Sleep(1) with { Session = "s" }, new("asks")]));
        errand.Advance(Seconds(1));
        Assert.Equal(JobWaitReasons.ScheduledFor, Why(later).Reason);
        Assert.Contains($"{due:O}", Why(later).Detail, StringComparison.Ordinal);
        Assert.Equal(JobWaitReasons.Session, Why(ids[1].Id).Reason);
        Assert.Contains("session 's'", Why(ids[1].Id).Detail, StringComparison.Ordinal);
        Assert.Equal(JobWaitReasons.Input, Why(ids[2].Id).Reason);

        JobWait Why(JobId id) => errand.Run(client => client.StatusAsync(id)).WaitingFor!;
    }

    [Fact]
    public void C2_a_progress_reporter_of_the_platform_feeds_it_too()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            IProgress<JobProgress> progress = job.Progress;
            progress.Report(new(3, 4, "three"));
            await Task.Delay(Seconds(10), job.Time);
        }));
        var result = errand.Run(client => client.CallAsync(new JobSpec("work"), Patience(1)));
        // Told while it was inline, and taken along.
        Assert.Equal(75, errand.Get(result.Job!.Id).Progress!.Percent);
    }

    [Fact]
    public void C6_lists_and_counts_filter_and_page_without_loss_or_repeat()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        for (int i = 0; i < 25; i++)
        {
            errand.Submit(Sleep(1) with { Owner = i % 2 == 0 ? "ann" : "bob", Title = $"nap {i}", Tags = [i < 10 ? "early" : "late"], RunAt = errand.Time.GetUtcNow() + Hours(1) });
            errand.Advance(Milliseconds(10));
        }
        Assert.Equal(13, errand.Run(client => client.CountAsync(new() { Owner = "ann" }))[JobState.Queued]);
        Assert.Equal(5, errand.Run(client => client.ListAsync(new() { Owner = "bob", Tag = "early" })).Items.Count);
        Assert.Equal("nap 7", Assert.Single(errand.Run(client => client.ListAsync(new() { Text = "NAP 7" })).Items).Spec.Title);
        List<Job> all = [];
        var query = new JobQuery { Limit = 4, States = [JobState.Queued] };
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = errand.Run(client => client.ListAsync(query));
            all.AddRange(page.Items);
            // What comes in between is newer than the pages that follow, and changes none of them.
            errand.Submit(Sleep(1) with { RunAt = errand.Time.GetUtcNow() + Hours(1) });
            if (page.Next is null) break;
        }
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"nap {i}"), all.Select(job => job.Spec.Title));
    }

    [Fact]
    public void B6_the_history_tells_the_whole_life()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("life", async job =>
        {
            await Task.Delay(Seconds(2), job.Time);
            if (job.Attempt == 1) throw new InvalidOperationException("stumbled");
            await job.AskAsync(JobData.Parse("1"));
        }, kind => kind.Retry = new() { MaxRetries = 1 }));
        var result = errand.Run(client => client.CallAsync(new JobSpec("life") { Owner = "ann" }, Patience(0.5)));
        var id = result.Job!.Id;
        errand.Advance(Seconds(10));
        errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("1"), "bob"));
        errand.End(id);
        var history = errand.Run(client => client.HistoryAsync(id));
        Assert.Equal(
            [JobEvents.Submitted, JobEvents.Started, JobEvents.Promoted, JobEvents.AttemptFailed, JobEvents.Started, JobEvents.InputRequested, JobEvents.InputAnswered, JobEvents.Finished],
            history.Select(line => line.Name));
        Assert.Equal("ann", history[0].By);
        Assert.Contains("after 500 ms", history[2].Detail, StringComparison.Ordinal);
        Assert.Contains("stumbled", history[3].Detail, StringComparison.Ordinal);
        Assert.Equal(("bob", "1"), (history[6].By, history[6].Detail));
        Assert.Equal("completed", history[^1].Detail);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30_000)]
    public void B_17_a_poll_asks_the_store_as_little_whatever_it_holds(int others)
    {
        var store = new StoreSpy();
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), store);
        var id = errand.Submit(Sleep(600)).Id;
        for (int i = 0; i < others; i += 1000)
            errand.Run(client => client.SubmitAsync([.. Enumerable.Repeat(Sleep(1) with { RunAt = errand.Time.GetUtcNow() + Hours(2) }, Math.Min(1000, others))]));
        errand.RunToIdle();
        // The history of the kind is read once and then remembered for a while.
        errand.Run(client => client.StatusAsync(id));
        store.Calls.Clear();
        errand.Run(client => client.StatusAsync(id));
        Assert.Equal(["find"], store.Calls.Keys);
        Assert.Equal(1, store.Count("find"));
        var queued = errand.Run(client => client.ListAsync(new() { States = [JobState.Queued], Limit = 1 })).Items[0].Id;
        store.Calls.Clear();
        errand.Run(client => client.StatusAsync(queued));
        Assert.Equal(1, store.Calls.Values.Sum());
    }
}
