using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Stores.Tests.Lasting;

/// <summary>Work that waits, repeats and depends, with the file closed and opened between what is done and what is seen.</summary>
public sealed class WaitingWorkLastsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly LastingServers _servers;
    private bool _broken = true;

    public WaitingWorkLastsTests() => _servers = new(Build);

    public void Dispose() => _servers.Dispose();

    [Fact]
    public void G1_a_delay_between_attempts_and_what_the_error_asked_for_last()
    {
        var errand = _servers.Start();
        var busy = Submit(errand, new("busy"));
        errand.Advance(Minute);
        errand = _servers.Reopen(errand, Minute * 8);
        Assert.Equal((JobState.Queued, 1), (Get(errand, busy).State, Get(errand, busy).Attempt));
        errand.Advance(Minute * 2);
        Assert.Equal((JobState.Completed, 2), (Get(errand, busy).State, Get(errand, busy).Attempt));
    }

    [Fact]
    public void G2_what_was_not_to_be_tried_again_is_not_after_a_restart_either()
    {
        var errand = _servers.Start();
        var once = Submit(errand, new("once"));
        errand.Advance(Minute);
        errand = _servers.Reopen(errand, Minute);
        errand.Advance(Minute * 60);
        Assert.Equal((JobState.Failed, 1, false), (Get(errand, once).State, Get(errand, once).Attempt, Get(errand, once).IsDeadLetter));
    }

    [Fact]
    public void G3_dead_letters_are_listed_redriven_and_purged_after_a_restart()
    {
        var errand = _servers.Start();
        JobId[] dead = [.. Enumerable.Range(0, 3).Select(_ => Submit(errand, new("flaky")))];
        errand.Advance(Minute);
        errand = _servers.Reopen(errand);
        Assert.Equal(3, errand.Run(client => client.ListAsync(new() { DeadLetters = true })).Items.Count);
        Assert.Equal(3, errand.Run(client => client.AttemptsAsync(dead[0])).Count);
        _broken = false;
        var again = errand.Run(client => client.RedriveAsync(dead[0], "ann"));
        errand = _servers.Reopen(errand);
        Assert.Equal(again.Id, errand.Run(client => client.RedriveAsync(dead[0], "ann")).Id);
        Assert.Equal(2, errand.Run(client => client.RedriveAllAsync(new(), "ann")));
        errand.Advance(Minute);
        errand = _servers.Reopen(errand);
        Assert.Equal(3, errand.Run(client => client.CountAsync(new() { Kind = "flaky" }))[JobState.Completed]);
        Assert.Equal(0, errand.Run(client => client.PurgeAsync(new() { DeadLetters = true })));
    }

    [Fact]
    public void G4_a_retry_by_hand_names_the_old_job_and_its_attempts_are_kept()
    {
        var errand = _servers.Start();
        var once = Submit(errand, new("once"));
        errand.Advance(Minute);
        errand = _servers.Reopen(errand);
        var again = errand.Run(client => client.RetryAsync(once)).Id;
        errand.Advance(Minute);
        errand = _servers.Reopen(errand);
        Assert.Equal(once, Get(errand, again).Spec.RetryOf);
        Assert.Contains("no", Assert.Single(errand.Run(client => client.AttemptsAsync(once))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void G5_crashes_are_counted_over_processes()
    {
        var errand = _servers.Start();
        var poison = Submit(errand, new("poison"));
        for (int life = 1; life <= 3; life++)
        {
            errand.Advance(TimeSpan.FromSeconds(10));
            errand.Node.Kill();
            errand = _servers.Beside(errand);
            errand.Advance(Minute);
        }
        Assert.Equal(JobErrorCodes.CrashLoop, Get(errand, poison).Outcome!.Error!.Code);
        Assert.Equal(3, Get(errand, poison).Attempt);
    }

    [Fact]
    public void H1_H3_H4_caps_counts_and_rates_last()
    {
        var errand = _servers.Start();
        var spec = new JobSpec("sleep", JobData.Parse("100")) { Limits = JobLimits.None, Caps = [new("gpu", new() { Running = 1, Queued = 2 })] };
        Submit(errand, spec);
        var second = Submit(errand, spec);
        Submit(errand, new("often"));
        Submit(errand, new("often"));
        errand = _servers.Beside(errand);
        var use = Assert.Single(Ask(errand, queues => queues.CapsAsync("key/")));
        Assert.Equal((1, 1, 1), (use.Running, use.Queued, use.Waiting));
        var third = Submit(errand, spec);
        Assert.Throws<QueueFullException>(() => Submit(errand, spec));
        Assert.Equal(2, errand.Run(client => client.StatusAsync(third)).WaitingFor!.Position);
        Assert.Equal((1, 1), (Count(errand, "often", JobState.Completed), Count(errand, "often", JobState.Queued)));
        errand.Advance(Minute * 2);
        Assert.Equal(JobState.Running, Get(errand, second).State);
        Assert.Equal(2, Count(errand, "often", JobState.Completed));
        errand.Advance(Minute * 4);
        Assert.Empty(Ask(errand, queues => queues.CapsAsync("key/")));
    }

    [Fact]
    public void H7_a_pause_and_a_drain_last_until_they_are_resumed()
    {
        var errand = _servers.Start();
        Do(errand, queues => queues.PauseAsync("sleep", "ann"));
        Do(errand, queues => queues.DrainAsync("often", "bob"));
        var held = Submit(errand, new("sleep", JobData.Parse("1")));
        errand = _servers.Reopen(errand, Minute);
        errand.Advance(Minute);
        Assert.Equal(JobState.Queued, Get(errand, held).State);
        Assert.Throws<QueueDrainingException>(() => Submit(errand, new("often")));
        Do(errand, queues => queues.ResumeAsync(null));
        // It starts at once, and would not outlast its process.
        errand.Advance(Minute);
        Assert.Equal(JobState.Completed, Get(errand, held).State);
        errand = _servers.Reopen(errand);
        Submit(errand, new("often"));
        var later = Submit(errand, new("sleep", JobData.Parse("1")));
        errand.Advance(Minute);
        Assert.Equal(JobState.Completed, Get(errand, later).State);
    }

    [Fact]
    public void H2_rank_is_kept_so_nothing_starves_over_a_restart()
    {
        var errand = _servers.Start();
        Do(errand, queues => queues.PauseAsync(null, "ann"));
        var patient = Submit(errand, new("sleep", JobData.Parse("1")) { Priority = -10 });
        errand.Advance(Minute * 21);
        var urgent = Submit(errand, new("sleep", JobData.Parse("1")) { Priority = 10 });
        errand = _servers.Reopen(errand);
        // 20 steps of priority are worth 20 minutes, and it has waited for 21.
        Assert.True(Get(errand, patient).Rank < Get(errand, urgent).Rank);
        Do(errand, queues => queues.ResumeAsync(null));
        errand.Advance(Minute);
        Assert.True(Get(errand, patient).StartedAt <= Get(errand, urgent).StartedAt);
    }

    [Fact]
    public void I2_a_job_after_others_starts_in_whichever_process_and_reads_their_results()
    {
        var errand = _servers.Start();
        var first = Submit(errand, new("sleep", JobData.Parse("1")));
        errand.Advance(Minute);
        var second = Submit(errand, new("sleep", JobData.Parse("2")) { RunAt = errand.Time.GetUtcNow() + Minute * 10 });
        var sum = Submit(errand, new("sum") { After = [JobDependency.OnSuccess(first), JobDependency.OnSuccess(second)] });
        var failing = Submit(errand, new("once") { RunAt = errand.Time.GetUtcNow() + Minute * 10 });
        var never = Submit(errand, new("sum") { After = [JobDependency.OnSuccess(failing)] });
        errand = _servers.Reopen(errand, Minute * 5);
        Assert.Equal((JobHolds.Parents, 1), (Get(errand, sum).Holds, Get(errand, sum).PendingParents));
        errand.Advance(Minute * 6);
        errand = _servers.Reopen(errand);
        Assert.Equal("3", Get(errand, sum).Outcome!.Result.ToString());
        Assert.Equal(JobErrorCodes.DependencyFailed, Get(errand, never).Outcome!.Error!.Code);
    }

    [Fact]
    public void I3_a_batch_goes_on_and_is_waited_for_after_a_restart()
    {
        var errand = _servers.Start();
        var batch = errand.Client.CreateBatch();
        for (int i = 1; i <= 4; i++) batch.Add(new("sleep", JobData.Parse("1")) { RunAt = errand.Time.GetUtcNow() + Minute * i });
        errand.Run(client => client.SubmitAsync(batch));
        errand.Advance(Minute * 2.5);
        errand = _servers.Reopen(errand);
        Assert.Equal((4, 2), (errand.Run(client => client.BatchAsync(batch.Id)).Total, errand.Run(client => client.BatchAsync(batch.Id)).Ended));
        Assert.True(errand.Run(client => client.WaitBatchAsync(batch.Id)).Batch.IsSuccess);
    }

    [Fact]
    public void D3_what_is_in_flight_and_what_is_kept_answer_after_a_restart()
    {
        var errand = _servers.Start();
        var spec = new JobSpec("sleep", JobData.Parse("1")) { Reuse = JobReuse.Result, Fingerprint = "f", KeepFor = Minute * 10, RunAt = errand.Time.GetUtcNow() + Minute };
        var first = Submit(errand, spec);
        errand = _servers.Reopen(errand);
        Assert.Equal(first, Submit(errand, spec));
        errand.Advance(Minute * 5);
        errand = _servers.Reopen(errand);
        Assert.Equal(first, Submit(errand, spec with { RunAt = null }));
        errand.Advance(Minute * 10);
        Assert.NotEqual(first, Submit(errand, spec with { RunAt = null }));
    }

    [Fact]
    public void J6_what_is_kept_how_long_is_known_after_a_restart()
    {
        var errand = _servers.Start();
        var brief = Submit(errand, new("sleep", JobData.Parse("1")) { KeepFor = Minute * 5 });
        var plain = Submit(errand, new("sleep", JobData.Parse("1")));
        var failed = Submit(errand, new("once"));
        errand.Advance(Minute);
        errand = _servers.Reopen(errand, Minute * 6);
        errand.Advance(Minute * 2);
        Assert.Null(errand.Run(client => client.FindAsync(brief)));
        Assert.NotNull(errand.Run(client => client.FindAsync(plain)));
        errand = _servers.Reopen(errand, Minute * 60);
        errand.Advance(Minute * 2);
        Assert.Null(errand.Run(client => client.FindAsync(plain)));
        Assert.NotNull(errand.Run(client => client.FindAsync(failed)));
    }

    [Fact]
    public void C3_the_history_of_a_kind_tells_after_a_restart()
    {
        var errand = _servers.Start();
        for (int i = 1; i <= 5; i++) Submit(errand, new("sleep", JobData.Parse($"{i * 10}")));
        errand.Advance(Minute * 2);
        errand = _servers.Reopen(errand, Minute);
        var running = Submit(errand, new("sleep", JobData.Parse("200")));
        errand.RunToIdle();
        var eta = errand.Run(client => client.StatusAsync(running)).Eta!;
        Assert.Equal((30, 10, 50), (SecondsFrom(eta.At), SecondsFrom(eta.LowAt!.Value), SecondsFrom(eta.HighAt!.Value)));

        double SecondsFrom(DateTimeOffset at) => (at - Get(errand, running).StartedAt!.Value).TotalSeconds;
    }

    private void Build(ErrandBuilder builder)
    {
        builder.Configure(options =>
        {
            options.Retention.Age = Minute * 60;
            options.Retention.Rules.Add(new() { State = JobState.Failed, Age = TimeSpan.FromDays(7) });
        });
        builder.AddJob("sleep", async job =>
        {
            await Task.Delay(TimeSpan.FromSeconds(job.Input.ToElement().GetDouble()), job.Time, job.CancellationToken);
            return JobOutcome.Completed(job.Input);
        });
        builder.AddJob("often", _ => new(JobOutcome.Completed()), kind => kind.Cap = new() { Rate = new(1, Minute) });
        builder.AddJob("once", _ => throw new InvalidOperationException("no"));
        builder.AddJob("busy", job => job.Attempt == 1
            ? throw new JobErrorException(new("busy", "later") { RetryAfter = Minute * 10 })
            : new(JobOutcome.Completed()), kind => kind.Retry = new() { MaxRetries = 1 });
        builder.AddJob("flaky", _ => _broken ? throw new InvalidOperationException("no") : new(JobOutcome.Completed()),
            kind => kind.Retry = new() { MaxRetries = 2, BaseDelay = TimeSpan.FromSeconds(1) });
        builder.AddJob("poison", async job =>
        {
            await Task.Delay(Minute * 4, job.Time, job.CancellationToken);
            return JobOutcome.Completed();
        }, kind => kind.Restartable = true);
        builder.AddJob("sum", async job =>
        {
            double sum = 0;
            foreach (var (_, outcome) in await job.ParentsAsync()) sum += outcome.Result.ToElement().GetDouble();
            return JobOutcome.Completed(JobData.Parse(FormattableString.Invariant($"{sum}")));
        });
    }

    private static JobId Submit(ErrandTest errand, JobSpec spec) => errand.Run(client => client.SubmitAsync(spec)).Id;

    private static Job Get(ErrandTest errand, JobId id) => errand.Run(client => client.GetAsync(id));

    private static long Count(ErrandTest errand, string kind, JobState state) => errand.Run(client => client.CountAsync(new() { Kind = kind }))[state];

    private static T Ask<T>(ErrandTest errand, Func<IQueueClient, ValueTask<T>> call) => errand.Run(_ => call(errand.Services.GetRequiredService<IQueueClient>()));

    private static void Do(ErrandTest errand, Func<IQueueClient, ValueTask> call) => errand.Run(_ => call(errand.Services.GetRequiredService<IQueueClient>()));
}
