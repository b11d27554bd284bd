using Xunit;

namespace Errand.Testing.Conformance;

// Adding: as they stand, all or none, and the same one only once.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_job_that_was_added_is_found()
    {
        var job = Samples.Queued();
        SameJob.Assert(job, await Store.AddedAsync(job));
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_job_that_was_never_added_is_not_found() => Assert.Null(await Store.FindAsync(JobId.New(Samples.Start), Token));

    [Fact]
    public async Task Every_field_of_a_job_comes_back_as_it_was()
    {
        var job = Samples.Full();
        await Store.AddedAsync(job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_job_without_anything_optional_comes_back_as_it_was()
    {
        var job = Job.Queued(JobId.New(Samples.Start), new JobSpec("work"), Samples.Start);
        await Store.AddedAsync(job);
        var found = await Store.FoundAsync(job.Id);
        SameJob.Assert(job, found);
        Assert.True(found.Spec.Input.IsNone);
        Assert.True(found.Checkpoint.IsNone);
        Assert.Null(found.Spec.Limits);
        Assert.Null(found.Spec.Retry);
    }

    [Fact]
    public async Task Empty_texts_are_not_taken_for_missing_ones()
    {
        var outcome = JobOutcome.Failed(new("", "")) with { Signal = "", Output = new(0, 0, "") };
        var job = Samples.Queued(new JobSpec("work") { Title = "", Agent = "", TraceParent = "" }) with
        {
            Phase = JobPhase.Failed, FinishedAt = Samples.At(1), Outcome = outcome, Progress = new(0, 0, ""),
            CancelRequest = new(Samples.At(1), "", Force: false),
        };
        await Store.AddedAsync(job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task Limits_and_retries_that_say_nothing_are_not_taken_for_missing_ones()
    {
        var job = Samples.Queued(new JobSpec("work") { Limits = JobLimits.None, Retry = RetryPolicy.None });
        await Store.AddedAsync(job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task Times_are_kept_to_the_millisecond_and_as_moments()
    {
        var elsewhere = new DateTimeOffset(2031, 5, 17, 23, 59, 59, 987, TimeSpan.FromHours(14)).AddTicks(6543);
        var job = Job.Queued(JobId.New(elsewhere), new JobSpec("work"), elsewhere);
        await Store.AddedAsync(job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Theory]
    [InlineData(JobPhase.Queued)]
    [InlineData(JobPhase.Running)]
    [InlineData(JobPhase.RunningCancelling)]
    [InlineData(JobPhase.Waiting)]
    [InlineData(JobPhase.WaitingCancelling)]
    [InlineData(JobPhase.Completed)]
    [InlineData(JobPhase.Failed)]
    [InlineData(JobPhase.Cancelled)]
    public async Task A_job_is_added_in_the_phase_it_is_in(JobPhase phase)
    {
        var outcome = phase.IsTerminal() ? JobOutcome.Of(phase.ToState()) : null;
        var job = Samples.Queued() with
        {
            Phase = phase, Version = 4, Attempt = phase == JobPhase.Queued ? 0 : 1, Runner = phase == JobPhase.Queued ? null : Samples.Runner,
            Outcome = outcome, FinishedAt = outcome is null ? null : Samples.At(9),
        };
        await Store.AddedAsync(job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_job_that_is_added_again_is_answered_as_it_is_now()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        var again = Assert.Single(await Store.AddAsync([Samples.Queued() with { Id = job.Id }], Token));
        Assert.False(again.Added);
        SameJob.Assert(job, again.Job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task A_key_names_one_job_of_its_owner()
    {
        var first = await Store.AddedAsync(Samples.Queued(key: "k", owner: "ann"));
        var again = Assert.Single(await Store.AddAsync([Samples.Queued(key: "k", owner: "ann")], Token));
        Assert.False(again.Added);
        SameJob.Assert(first, again.Job);
        await Store.AddedAsync(Samples.Queued(key: "k", owner: "bob"));
        await Store.AddedAsync(Samples.Queued(key: "K", owner: "ann"));
    }

    [Fact]
    public async Task A_key_that_two_owners_use_names_to_each_his_own()
    {
        Job[] jobs = [Samples.Queued(key: "k", owner: "ann"), Samples.Queued(key: "k", owner: "bob")];
        await Store.AddedAsync(jobs);
        var again = await Store.AddAsync([.. jobs.Select(job => Samples.Queued(job.Spec))], Token);
        Assert.Equal(jobs.Select(job => (false, job.Id)), again.Select(result => (result.Added, result.Job.Id)));
    }

    [Fact]
    public async Task A_key_is_kept_after_its_job_has_ended()
    {
        var done = await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(key: "k"));
        var again = Assert.Single(await Store.AddAsync([Samples.Queued(key: "k")], Token));
        Assert.False(again.Added);
        SameJob.Assert(done, again.Job);
    }

    [Fact]
    public async Task Jobs_without_a_key_are_not_taken_for_one_another() =>
        await Store.AddedAsync(Samples.Queued(), Samples.Queued(), Samples.Queued());

    [Fact]
    public async Task What_is_twice_in_one_call_is_added_once()
    {
        var job = Samples.Queued();
        var keyed = Samples.Queued(key: "k");
        var results = await Store.AddAsync([job, keyed, job, Samples.Queued(key: "k")], Token);
        Assert.Equal([true, true, false, false], results.Select(result => result.Added));
        Assert.Equal([job.Id, keyed.Id, job.Id, keyed.Id], results.Select(result => result.Job.Id));
    }

    [Fact]
    public async Task Those_that_are_new_are_added_beside_those_that_are_not()
    {
        var old = await Store.AddedAsync(Samples.Queued());
        Job[] jobs = [Samples.Queued(), old, Samples.Queued()];
        var results = await Store.AddAsync(jobs, Token);
        Assert.Equal([true, false, true], results.Select(result => result.Added));
        Assert.Equal(jobs.Select(job => job.Id), results.Select(result => result.Job.Id));
        foreach (var job in jobs) SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task Jobs_are_added_all_or_none()
    {
        Job[] jobs = [Samples.Queued(), Samples.Queued(session: "s"), null!, Samples.Queued(key: "k")];
        await Assert.ThrowsAnyAsync<Exception>(async () => await Store.AddAsync(jobs, Token));
        Assert.Empty((await Store.ListAsync(new(), Token)).Items);
        await Store.AddedAsync(jobs[0], jobs[1], jobs[3]);
    }

    [Fact]
    public async Task Nothing_is_added_by_an_empty_call() => Assert.Empty(await Store.AddAsync([], Token));

    [Fact]
    public async Task A_thousand_jobs_are_added_in_one_call()
    {
        var jobs = Samples.Many(1000, i => Samples.Queued(at: i));
        var results = await Store.AddAsync(jobs, Token);
        Assert.All(results, result => Assert.True(result.Added));
        Assert.Equal(jobs.Select(job => job.Id), results.Select(result => result.Job.Id));
        SameJob.Assert(jobs[500], await Store.FindAsync(jobs[500].Id, Token));
    }
}
