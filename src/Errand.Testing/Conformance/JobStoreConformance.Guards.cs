using Xunit;

namespace Errand.Testing.Conformance;

// Guards: who may write, in which version, and what can never be written any more.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_runner_that_does_not_hold_the_job_is_refused() =>
        await RefusedAsync(job => new JobFence(Samples.OtherRunner, job.Attempt));

    [Fact]
    public async Task A_runner_in_an_earlier_attempt_is_refused() => await RefusedAsync(job => new JobFence(Samples.Runner, job.Attempt - 1));

    [Fact]
    public async Task A_runner_in_a_later_attempt_is_refused() => await RefusedAsync(job => new JobFence(Samples.Runner, job.Attempt + 1));

    [Fact]
    public async Task A_runner_whose_name_differs_only_in_case_is_refused() =>
        await RefusedAsync(job => new JobFence(new(Samples.Runner.Text.ToUpperInvariant()), job.Attempt));

    [Theory]
    [MemberData(nameof(EveryTransition))]
    public async Task A_transition_asks_for_its_fence_and_its_version_in_every_phase(string name)
    {
        foreach (var phase in Enum.GetValues<JobPhase>())
        {
            var job = await Store.BroughtToAsync(phase);
            Job[] mistaken =
                [job with { Runner = Samples.OtherRunner }, job with { Attempt = job.Attempt + 1 }, job with { Version = job.Version - 1 }];
            foreach (var transition in mistaken.Select(EveryTransitionByName[name]))
            {
                var judged = transition.Judge(job);
                if (judged == ApplyStatus.Applied) continue;
                var result = await Store.ApplyAsync(job.Id, transition);
                Assert.Equal((phase, judged), (phase, result.Status));
                SameJob.Assert(job, await Store.FoundAsync(job.Id), $"from {phase}:");
            }
        }
    }

    [Fact]
    public async Task A_job_that_nobody_holds_takes_no_fenced_write()
    {
        var job = await Store.AddedAsync(Samples.Queued() with { Phase = JobPhase.Running, Attempt = 1, Runner = null });
        var result = await Store.ApplyAsync(job.Id, JobTransition.ReportProgress(new(Samples.Runner, 1), new(1), Samples.At(1)));
        Assert.Equal(ApplyStatus.Refused, result.Status);
    }

    [Fact]
    public async Task A_write_for_another_version_is_refused()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        foreach (long version in new[] { job.Version - 1, job.Version + 1, 0 })
        {
            JobInput[] asked = [new("1", Samples.Json("1"), Samples.At(2))];
            var result = await Store.ApplyAsync(job.Id, JobTransition.AwaitInput(job.Fence, asked, version, Samples.At(2)));
            Assert.Equal(ApplyStatus.Refused, result.Status);
            SameJob.Assert(job, result.Current);
        }
        await Store.AppliedAsync(job.Id, new("guarded", Samples.At(3), new JobEdge(JobPhases.Running, null, JobChange.Nothing))
        {
            ExpectedVersion = job.Version,
        });
    }

    [Fact]
    public async Task A_write_with_a_fence_and_a_version_needs_both()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        JobTransition Guarded(JobFence fence, long version) => new("guarded", Samples.At(3), new JobEdge(JobPhases.Running, null, JobChange.Nothing))
        {
            Fence = fence, ExpectedVersion = version,
        };
        var wrong = new JobFence(Samples.OtherRunner, 1);
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(job.Id, Guarded(wrong, job.Version))).Status);
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(job.Id, Guarded(job.Fence, job.Version + 1))).Status);
        await Store.AppliedAsync(job.Id, Guarded(job.Fence, job.Version));
    }

    [Fact]
    public async Task Where_nothing_is_left_to_do_neither_fence_nor_version_is_asked()
    {
        var job = await Store.BroughtToAsync(JobPhase.Completed);
        var transition = new JobTransition("again", Samples.At(9), new JobEdge(JobPhases.Running, null, JobChange.Nothing))
        {
            Already = JobPhases.Completed, Fence = new(Samples.OtherRunner, 9), ExpectedVersion = 99,
        };
        var result = await Store.ApplyAsync(job.Id, transition);
        Assert.Equal(ApplyStatus.AlreadyApplied, result.Status);
        SameJob.Assert(job, result.Current);
    }

    [Fact]
    public async Task The_version_rises_by_one_with_every_write_that_is_applied_and_no_other()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        for (int i = 1; i <= 20; i++)
        {
            var written = await Store.ApplyAsync(job.Id, JobTransition.ReportProgress(job.Fence, new(i), Samples.At(i)));
            Assert.Equal(job.Version + i, written.Version);
            await Store.ApplyAsync(job.Id, JobTransition.ReportProgress(new(Samples.OtherRunner, 1), new(0), Samples.At(i)));
            await Store.ApplyAsync(job.Id, JobTransition.Start(Samples.OtherRunner, Samples.At(i)));
        }
        Assert.Equal(job.Version + 20, (await Store.FoundAsync(job.Id)).Version);
    }

    [Fact]
    public async Task The_first_end_wins()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        var failed = await Store.FinishedAsync(job, JobOutcome.Failed(new("e", "first")));
        var second = await Store.ApplyAsync(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(Samples.Json("1")), Samples.At(9)));
        Assert.Equal(ApplyStatus.Refused, second.Status);
        SameJob.Assert(failed, await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task B_24_a_job_that_was_asked_to_end_ends_cancelled_and_keeps_no_late_result()
    {
        var job = await Store.BroughtToAsync(JobPhase.RunningCancelling);
        var outcome = JobOutcome.Completed(Samples.Json("\"late\"")) with { ExitCode = 0, Output = new(10, 0, "aa") };
        var ended = await Store.FinishedAsync(job, outcome, 9);
        Assert.Equal((JobPhase.Cancelled, JobState.Cancelled), (ended.Phase, ended.Outcome!.State));
        Assert.True(ended.Outcome.Result.IsNone);
        Assert.Equal((0, new OutputSummary(10, 0, "aa")), (ended.Outcome.ExitCode, ended.Outcome.Output));
        Assert.Equal("bob", ended.CancelRequest!.By);
    }

    [Fact]
    public async Task B_23_a_job_that_is_cancelled_in_the_queue_never_starts()
    {
        var job = await Store.AddedAsync(Samples.Queued());
        var cancelled = await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        Assert.Equal(JobPhase.Cancelled, cancelled.Phase);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner)).Started);
    }

    [Fact]
    public async Task B_23_a_second_cancel_and_a_cancel_after_the_end_are_told_apart()
    {
        var queued = await Store.BroughtToAsync(JobPhase.Cancelled);
        var running = await Store.BroughtToAsync(JobPhase.RunningCancelling);
        var done = await Store.BroughtToAsync(JobPhase.Completed);
        var cancel = JobTransition.RequestCancel("eve", Samples.At(9));
        var results = await Store.ApplyAsync([new(queued.Id, cancel), new(running.Id, cancel), new(done.Id, cancel)], Token);
        Assert.Equal([ApplyStatus.AlreadyApplied, ApplyStatus.AlreadyApplied, ApplyStatus.Refused], results.Select(result => result.Status));
        Assert.Equal("bob", (await Store.FoundAsync(running.Id)).CancelRequest!.By);
    }

    private async Task RefusedAsync(Func<Job, JobFence> fence)
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        job = await Store.AppliedAsync(job.Id, JobTransition.Restart(job, "again", Samples.At(2)));
        var history = await Store.HistoryAsync(job.Id, Token);
        foreach (var transition in new[]
        {
            JobTransition.ReportProgress(fence(job), new(9), Samples.At(3)),
            JobTransition.SaveCheckpoint(fence(job), Samples.Json("9"), Samples.At(3)),
            JobTransition.Note(fence(job), new(Samples.At(3), "note")),
            JobTransition.Finish(fence(job), JobOutcome.Completed(), Samples.At(3)),
            JobTransition.Retry(job with { Runner = fence(job).Runner, Attempt = fence(job).Attempt }, new("e", "m"), Later(60), Samples.At(3)),
        })
        {
            var result = await Store.ApplyAsync(job.Id, transition);
            Assert.Equal(ApplyStatus.Refused, result.Status);
            SameJob.Assert(job, result.Current);
        }
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
        SameEvents(history, await Store.HistoryAsync(job.Id, Token));
    }
}
