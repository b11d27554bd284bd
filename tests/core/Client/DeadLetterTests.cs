using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>G1 to G5: attempts, retries and what is left when they are used up.</summary>
public sealed class DeadLetterTests
{
    private static readonly RetryPolicy Twice = new() { MaxRetries = 2, Jitter = 0 };

    [Fact]
    public void G1_delays_double_and_are_off_by_the_jitter_the_same_each_time()
    {
        var policy = new RetryPolicy { MaxRetries = 5, BaseDelay = Seconds(10), MaxDelay = Minutes(1) };
        var error = new JobError("e", "m");
        var jobs = Enumerable.Range(0, 200).Select(_ => JobId.New(DateTimeOffset.UnixEpoch)).ToList();
        Assert.All(jobs, job => Assert.InRange(policy.DelayAfter(2, error, job), Seconds(16), Seconds(24)));
        Assert.All(jobs, job => Assert.Equal(policy.DelayAfter(2, error, job), policy.DelayAfter(2, error, job)));
        Assert.All(jobs, job => Assert.InRange(policy.DelayAfter(9, error, job), Seconds(48), Minutes(1)));
        Assert.InRange(jobs.Select(job => policy.DelayAfter(2, error, job)).Distinct().Count(), 150, 200);
        Assert.Contains(jobs, job => policy.DelayAfter(2, error, job) < Seconds(18));
        Assert.Contains(jobs, job => policy.DelayAfter(2, error, job) > Seconds(22));
    }

    [Fact]
    public void G1_an_error_may_ask_for_more_time_than_the_policy_would_give()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("busy", job => job.Attempt == 1
            ? throw new JobErrorException(new("busy", "come back later") { RetryAfter = Minutes(10) })
            : Task.FromResult("1"), kind => kind.Retry = Twice));
        var id = errand.Submit(new("busy")).Id;
        errand.Advance(Minutes(9));
        Assert.Equal(JobState.Queued, errand.Get(id).State);
        errand.Advance(Minutes(2));
        Assert.Equal((JobState.Completed, 2), (errand.Get(id).State, errand.Get(id).Attempt));
    }

    [Theory]
    [InlineData("code")]
    [InlineData("error")]
    [InlineData("exception")]
    public void G1_some_errors_are_not_worth_another_try(string told)
    {
        using var errand = ErrandTest.Start(builder => builder.Add("bad", _ => throw told switch
        {
            "code" => new JobErrorException(new("bad_input", "no")),
            "error" => new JobErrorException(new("e", "no", Retryable: false)),
            _ => new ArgumentException("no"),
        }, kind =>
        {
            kind.Retry = Twice with { NotFor = ["bad_input"] };
            kind.IsWorthRetrying = problem => problem is not ArgumentException;
        }));
        var job = errand.End(errand.Submit(new("bad")).Id);
        Assert.Equal((JobState.Failed, 1, true), (job.State, job.Attempt, job.IsDeadLetter));
    }

    [Fact]
    public void G2_nothing_is_retried_unless_asked_and_a_cancelled_job_never()
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Add("once", _ => throw new InvalidOperationException("no"));
            builder.Add("stubborn", async job =>
            {
                await Task.Delay(Hours(1), job.Time, job.CancellationToken);
                return "1";
            }, kind => kind.Retry = Twice);
        });
        var once = errand.End(errand.Submit(new("once")).Id);
        Assert.Equal((JobState.Failed, 1, false), (once.State, once.Attempt, once.IsDeadLetter));
        var stubborn = errand.Submit(new("stubborn"));
        errand.Run(client => client.CancelAsync(stubborn.Id, "ann"));
        Assert.Equal((JobState.Cancelled, 1), (errand.End(stubborn.Id).State, errand.Get(stubborn.Id).Attempt));
    }

    [Fact]
    public void G3_used_up_retries_leave_a_dead_letter_that_is_listed_inspected_redriven_and_purged()
    {
        bool broken = true;
        using var errand = ErrandTest.Start(builder => builder.Add("mail", _ => broken ? throw new InvalidOperationException("no route") : Task.FromResult("1"),
            kind => kind.Retry = Twice));
        var dead = errand.End(errand.Submit(new("mail") { Title = "hello" }).Id);
        errand.End(errand.Submit(new("mail")).Id);
        Assert.Equal(2, errand.Run(client => client.ListAsync(new() { DeadLetters = true })).Items.Count);
        var attempts = errand.Run(client => client.AttemptsAsync(dead.Id));
        Assert.Equal([1, 2, 3], attempts.Select(attempt => attempt.Number));
        Assert.All(attempts, attempt => Assert.Contains("no route", attempt.Problem, StringComparison.Ordinal));
        Assert.All(attempts, attempt => Assert.True(attempt.StartedAt <= attempt.EndedAt && attempt.Runner is not null));

        broken = false;
        var again = errand.Run(client => client.RedriveAsync(dead.Id, "ann"));
        Assert.Equal((dead.Id, "hello"), (again.Spec.RetryOf!.Value, again.Spec.Title));
        // Whoever does it again, or did not hear the answer, is told of the same job.
        Assert.Equal(again.Id, errand.Run(client => client.RedriveAsync(dead.Id, "bob")).Id);
        Assert.Equal(JobState.Completed, errand.End(again.Id).State);
        Assert.Equal((JobState.Failed, false), (errand.Get(dead.Id).State, errand.Get(dead.Id).IsDeadLetter));
        Assert.Contains(JobEvents.Redriven, errand.History(dead.Id));

        Assert.Single(errand.Run(client => client.ListAsync(new() { DeadLetters = true })).Items);
        Assert.Equal(1, errand.Run(client => client.PurgeAsync(new() { DeadLetters = true })));
        Assert.Empty(errand.Run(client => client.ListAsync(new() { DeadLetters = true })).Items);
    }

    [Fact]
    public void G3_what_is_no_dead_letter_cannot_be_redriven()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var job = errand.End(errand.Submit(Sleep(1)).Id);
        Assert.Contains("no dead letter", Assert.Throws<InvalidJobException>(() => errand.Run(client => client.RedriveAsync(job.Id, "ann"))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidJobException>(() => errand.Run(client => client.RedriveAllAsync(new(), " ")));
    }

    [Fact]
    public void G3_10_000_dead_letters_are_redriven_in_bulk_by_two_at_once_while_runners_run()
    {
        const int Count = 10_000;
        bool broken = true;
        Dictionary<string, int> done = [];
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 100).Add("work", job =>
        {
            if (broken) throw new InvalidOperationException("no");
            string key = job.Input.ToString();
            done[key] = done.GetValueOrDefault(key) + 1;
            return Task.FromResult(key);
        }, kind => kind.Retry = new() { MaxRetries = 1, BaseDelay = TimeSpan.Zero }));
        using var other = errand.StartAnother();
        for (int i = 0; i < Count; i += 1000)
        {
            int from = i;
            errand.Run(client => client.SubmitAsync([.. Enumerable.Range(from, 1000).Select(n => new JobSpec("work", JobData.Parse($"{n}")))]));
        }
        errand.Advance(Minutes(5));
        Assert.Equal(Count, errand.Run(client => client.CountAsync(new() { DeadLetters = true }))[JobState.Failed]);
        broken = false;
        var one = errand.Begin(client => client.RedriveAllAsync(new() { Kind = "work" }, "ann"));
        var two = other.Begin(client => client.RedriveAllAsync(new() { Kind = "work" }, "bob"));
        errand.Advance(Minutes(10));
        Assert.True(one.HasEnded && two.HasEnded);
        Assert.Equal(0, errand.Run(client => client.CountAsync(new() { DeadLetters = true }))[JobState.Failed]);
        Assert.Equal(Count, errand.Run(client => client.CountAsync(new()))[JobState.Completed]);
        Assert.Equal(Count, done.Count);
        Assert.All(done, pair => Assert.Equal(1, pair.Value));
    }

    [Fact]
    public void G5_a_job_that_kills_its_worker_again_and_again_is_stopped()
    {
        ErrandTest? current = null;
        int starts = 0;
        void Build(Microsoft.Extensions.DependencyInjection.ErrandBuilder builder)
        {
            builder.Configure(options => options.MaxCrashes = 3);
            builder.Add("poison", async job =>
            {
                starts++;
                await Task.Delay(Seconds(1), job.Time);
                current!.Node.Kill();
                await Task.Delay(Hours(1), job.Time);
                return "1";
            }, kind => kind.Restartable = true);
        }

        using var first = ErrandTest.Start(Build);
        current = first;
        var id = first.Submit(new("poison")).Id;
        first.Advance(Seconds(2));
        List<ErrandTest> others = [];
        for (int i = 0; i < 5; i++)
        {
            others.Add(current = first.StartAnother());
            current.Advance(Minutes(2));
        }
        var job = current.Get(id);
        Assert.Equal((JobState.Failed, JobErrorCodes.CrashLoop, true), (job.State, job.Outcome!.Error!.Code, job.IsDeadLetter));
        Assert.Equal(3, starts);
        Assert.Equal([1, 2, 3], current.Run(client => client.AttemptsAsync(id)).Select(attempt => attempt.Number));
        foreach (var other in others) other.Dispose();
    }
}
