using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>Looking at jobs, waiting for them, following them.</summary>
public sealed class FollowTests
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
    public void C4_a_wait_ends_at_once_with_the_end_of_the_job()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(7.3)).Id;
        var news = errand.Run(client => client.WaitAsync(id, new() { Timeout = Seconds(60) }));
        Assert.Equal((JobState.Completed, false), (news.Job.State, news.TimedOut));
        Assert.Equal(Seconds(7.3), errand.World.Elapsed);
    }

    [Fact]
    public void C4_a_wait_ends_with_its_limit_and_says_so()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(60)).Id;
        var news = errand.Run(client => client.WaitAsync(id, new() { Timeout = Seconds(4.5) }));
        Assert.Equal((JobState.Running, true), (news.Job.State, news.TimedOut));
        Assert.Equal(Seconds(4.5), errand.World.Elapsed);
    }

    [Fact]
    public void C4_with_a_cursor_one_waits_for_news_since()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            await Task.Delay(Seconds(5), job.Time);
            job.Report(1, 2);
            await Task.Delay(Seconds(5), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        errand.RunToIdle();
        long cursor = errand.Get(id).Version;
        var news = errand.Run(client => client.WaitAsync(id, new() { AfterVersion = cursor, Timeout = Seconds(60) })).Job;
        Assert.Equal((50, Seconds(5)), (news.Progress!.Percent, errand.World.Elapsed));
        // What one has not seen yet is news at once.
        Assert.Equal(news.Version, errand.Run(client => client.WaitAsync(id, new() { AfterVersion = cursor })).Job.Version);
        Assert.Equal(JobState.Completed, errand.Run(client => client.WaitAsync(id, new() { AfterVersion = news.Version })).Job.State);
        Assert.Equal(Seconds(10), errand.World.Elapsed);
    }

    [Fact]
    public void C4_a_wait_costs_one_call_and_not_twenty()
    {
        var store = new StoreSpy();
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), store);
        var id = errand.Submit(Sleep(10)).Id;
        int before = store.Count("find");
        errand.End(id);
        // One look, and one a second in case that a wake-up is lost.
        Assert.InRange(store.Count("find") - before, 1, 12);
    }

    [Fact]
    public void C4_a_wait_ends_though_every_wake_up_is_lost()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), new StoreSpy { LosesHints = true });
        using var other = errand.StartAnother(builder => builder.Configure(options => options.RemoteKinds.Add("sleep")));
        var id = other.Submit(Sleep(5)).Id;
        Assert.Equal(JobState.Completed, other.End(id).State);
        // A second until it was found in line, and a second until its end was seen.
        Assert.InRange(errand.World.Elapsed, Seconds(5), Seconds(7));
    }

    [Fact]
    public void C4_a_wait_can_end_when_a_person_is_needed()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job =>
        {
            await Task.Delay(Seconds(2), job.Time);
            return $"{await job.AskAsync(JobData.Parse("1"))}";
        }));
        var id = errand.Submit(new("asks")).Id;
        Assert.Equal(JobState.Waiting, errand.Run(client => client.WaitAsync(id, new() { OrInput = true })).Job.State);
        Assert.Equal(Seconds(2), errand.World.Elapsed);
    }

    [Fact]
    public void C5_a_watcher_sees_each_news_up_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            for (int step = 1; step <= 3; step++)
            {
                await Task.Delay(Seconds(2), job.Time);
                job.Report(step, 3);
            }
            await Task.Delay(Seconds(2), job.Time);
        }));
        var id = errand.Submit(new("work")).Id;
        var seen = errand.Run(async client =>
        {
            List<string> lines = [];
            await foreach (var job in client.WatchAsync(id)) lines.Add($"{job.State} {job.Progress?.Current}");
            return lines;
        });
        Assert.Equal(["Running ", "Running 1", "Running 2", "Running 3", "Completed 3"], seen);
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
    public void C8_the_monitor_tells_percent_and_message_up_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("work", async job =>
        {
            job.Report(1, 4, "copying");
            await Task.Delay(Seconds(20), job.Time);
            job.Report(3, 4, "checking");
            await Task.Delay(Seconds(20), job.Time);
            throw new InvalidOperationException("disk full");
        }));
        var id = errand.Submit(new("work")).Id;
        List<string> lines = [];
        var job = errand.Run(async client => await client.MonitorAsync(id, lines.Add, errand.Time));
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("running 25 % copying", lines);
        Assert.Contains("running 75 % checking", lines);
        Assert.Equal("failed InvalidOperationException: disk full", lines[^1]);
        Assert.Equal(Seconds(40), errand.World.Elapsed);
    }

    [Fact]
    public void C8_the_monitor_backs_off()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("chatty", async job =>
        {
            for (int i = 0; i < 240; i++)
            {
                job.Report(i, 240);
                await Task.Delay(Seconds(1), job.Time);
            }
        }));
        var id = errand.Submit(new("chatty")).Id;
        List<string> lines = [];
        errand.Run(async client => await client.MonitorAsync(id, lines.Add, errand.Time));
        // 0.25, 0.5, 1, 2, … 30 s, and then each half minute.
        Assert.InRange(lines.Count, 10, 20);
    }

    [Fact]
    public void B_52_a_result_asked_for_early_says_how_to_wait()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(5)).Id;
        errand.RunToIdle();
        var refusal = Assert.Throws<JobNotFinishedException>(() => errand.Run(client => client.GetResultAsync(id)));
        Assert.Equal((id, JobState.Running), (refusal.JobId!.Value, refusal.State));
        Assert.Contains("is running and has no result yet", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("WaitAsync", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, errand.Run(client => client.WaitForResultAsync<double>(id)));
    }

    [Fact]
    public void The_result_of_a_cancelled_job_is_refused_with_who_cancelled_it()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var id = errand.Submit(Sleep(5)).Id;
        errand.Run(client => client.CancelAsync(id, "ann"));
        errand.RunToIdle();
        var refusal = Assert.Throws<JobFailedException>(() => errand.Run(client => client.GetResultAsync(id)));
        Assert.Contains("was cancelled by ann", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void J10_a_large_result_goes_beside_the_output_and_is_read_like_any_other()
    {
        string large = $"\"{new string('x', 200_000)}\"";
        using var errand = ErrandTest.Start(builder => builder.Add("large", _ => Task.FromResult(large)));
        var job = errand.End(errand.Submit(new("large")).Id);
        Assert.Equal((true, large.Length), (job.Outcome!.Result.IsNone, job.Outcome.LargeResultBytes));
        using var other = errand.StartAnother();
        Assert.Equal(large, other.Run(client => client.GetResultAsync(job.Id)).ToString());
        Assert.Equal(1, errand.Run(client => client.PurgeAsync(new())));
        Assert.Empty(errand.Run(_ => errand.Services.GetRequiredService<IOutputLog>().ListAsync(default, 10)));
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

    [Fact]
    public void E5_output_is_followed_while_it_runs_over_all_attempts_to_the_end()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("talks", async job =>
        {
            for (int i = 0; i < 3; i++)
            {
                job.Log($"{job.Attempt}.{i}");
                await Task.Delay(Seconds(5), job.Time);
            }
            if (job.Attempt == 1) throw new InvalidOperationException("again");
        }, kind => kind.Retry = new() { MaxRetries = 1 }));
        var id = errand.Submit(new("talks")).Id;
        List<(string Text, TimeSpan At)> seen = [];
        errand.Run(async client =>
        {
            await foreach (var slice in client.FollowOutputAsync(id))
                foreach (var chunk in slice.Chunks) seen.Add((System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span), errand.World.Elapsed));
        });
        Assert.Equal("1.0\n1.1\n1.2\n2.0\n2.1\n2.2\n", string.Concat(seen.Select(piece => piece.Text)));
        // Each line was there as soon as it was written.
        Assert.Equal((Seconds(5), Seconds(10)), (seen[1].At, seen[2].At));
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

    [Fact]
    public void A_job_that_failed_is_done_again_as_a_new_job_that_names_it()
    {
        int runs = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("flaky", _ => ++runs == 1 ? throw new InvalidOperationException("no") : Task.FromResult("1")));
        var failed = errand.End(errand.Submit(new("flaky") { Title = "t" }).Id);
        var again = errand.Run(client => client.RetryAsync(failed.Id));
        Assert.NotEqual(failed.Id, again.Id);
        Assert.Equal((failed.Id, "t"), (again.Spec.RetryOf!.Value, again.Spec.Title));
        Assert.Equal(JobState.Completed, errand.End(again.Id).State);
        Assert.Equal(failed, errand.Get(failed.Id));
        var refusal = Assert.Throws<InvalidJobException>(() => errand.Run(client => client.RetryAsync(again.Id)));
        Assert.Contains("has completed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void I4_the_first_answer_wins_and_a_wrong_question_is_refused_with_the_open_ones()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job => $"{await job.AskAsync(JobData.Parse("\"ok?\""))}"));
        var result = errand.Run(client => client.CallAsync(new JobSpec("asks"), Patience(60)));
        // Handed over at once: nobody could answer a call that no store knows.
        Assert.True(result.IsPromoted);
        Assert.Equal(TimeSpan.Zero, errand.World.Elapsed);
        var id = result.Job!.Id;
        errand.RunToIdle();
        var wrong = Assert.Throws<InputNotExpectedException>(() => errand.Run(client => client.AnswerAsync(id, "9", JobData.Parse("1"), "ann")));
        Assert.Contains("it waits for '1'", wrong.Message, StringComparison.Ordinal);
        errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("\"yes\""), "ann"));
        Assert.Throws<InputNotExpectedException>(() => errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("\"no\""), "bob")));
        var job = errand.End(id);
        Assert.Equal("\"yes\"", job.Outcome!.Result.ToString());
        Assert.Equal("ann", job.Inputs[0].AnsweredBy);
    }
}
