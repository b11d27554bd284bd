using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Applying: what a transition says is written where its guard holds, and nothing else is.
public abstract partial class JobStoreConformance
{
    /// <summary>The names of the transitions that are tried from every phase.</summary>
    public static TheoryData<string> EveryTransition => [.. EveryTransitionByName.Keys];

    private static Dictionary<string, Func<Job, JobTransition>> EveryTransitionByName { get; } = new()
    {
        ["request start"] = job => JobTransition.RequestStart("dave", job.Version, Samples.At(20)),
        ["start"] = _ => JobTransition.Start(Samples.OtherRunner, Samples.At(20)),
        ["adopt"] = job => JobTransition.Adopt(Samples.OtherRunner, job.Runner ?? Samples.Runner, Samples.At(20)),
        ["restart"] = job => JobTransition.Restart(job, "again", Samples.At(20)),
        ["progress"] = job => JobTransition.ReportProgress(job.Fence, new(1, 3, "one"), Samples.At(20)),
        ["checkpoint"] = job => JobTransition.SaveCheckpoint(job.Fence, Samples.Json("{\"at\":1}"), Samples.At(20)),
        ["note"] = job => JobTransition.Note(job.Fence, new(Samples.At(20), JobEvents.Signalled, "bob", "SIGINT", 1)),
        ["hand over"] = _ => JobTransition.HandOver(Samples.At(20)),
        ["await input"] = job => JobTransition.AwaitInput(job.Fence, Questions(job, answered: false), job.Version, Samples.At(20)),
        ["answer one"] = job => JobTransition.Answer(Questions(job, answered: false), "1", "carol", job.Version, Samples.At(20)),
        ["answer the last"] = job => JobTransition.Answer(Questions(job, answered: true), "1", "carol", job.Version, Samples.At(20)),
        ["complete"] = job => JobTransition.Finish(job.Fence, JobOutcome.Completed(Samples.Json("42")), Samples.At(20)),
        ["fail"] = job => JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m"), Samples.Json("1")) with { ExitCode = 3 }, Samples.At(20)),
        ["fail for good"] = job => JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m")), Samples.At(20), deadLetter: true),
        ["reject as failed"] = _ => JobTransition.Reject(JobOutcome.Failed(new("e", "m")), "gone", Samples.At(20)),
        ["reject as cancelled"] = _ => JobTransition.Reject(JobOutcome.Cancelled, "gone", Samples.At(20)),
        ["redrive"] = job => JobTransition.Redrive("dave", job.Id, job.Version, Samples.At(20)),
        ["end cancelled"] = job => JobTransition.Finish(job.Fence, JobOutcome.Cancelled with { Signal = "SIGKILL" }, Samples.At(20)),
        ["retry"] = job => JobTransition.Retry(job, new("e", "m"), Later(60), Samples.At(20)),
        ["give back"] = job => JobTransition.GiveBack(job, "shutting down", Later(20) with { IsFuture = false }, Samples.At(20)),
        ["cancel"] = _ => JobTransition.RequestCancel("dave", Samples.At(20)),
        ["kill"] = _ => JobTransition.RequestKill("dave", Samples.At(19), Samples.At(20)),
        ["of an extension"] = _ => new("mark", Samples.At(20), new JobEdge(JobPhases.Queued | JobPhases.Running, null, new() { FinishedAt = null }))
        {
            Already = JobPhases.Ended,
        },
    };

    [Theory]
    [MemberData(nameof(EveryTransition))]
    public async Task A_transition_does_from_every_phase_what_it_says(string name)
    {
        foreach (var phase in Enum.GetValues<JobPhase>())
        {
            var before = await Store.BroughtToAsync(phase);
            var history = await Store.HistoryAsync(before.Id, Token);
            var transition = EveryTransitionByName[name](before);
            var result = await Store.ApplyAsync(before.Id, transition);
            var after = await Store.FoundAsync(before.Id);
            var judged = transition.Judge(before);
            Assert.Equal((phase, judged), (phase, result.Status));
            if (judged == ApplyStatus.Applied)
            {
                var edge = transition.EdgeFrom(phase)!;
                Assert.Same(edge, result.Edge);
                Assert.Equal(before.Version + 1, result.Version);
                SameJob.Assert(before.After(edge, transition.At), after, $"from {phase}:");
                SameEvents([.. history, .. edge.Events], await Store.HistoryAsync(before.Id, Token));
            }
            else
            {
                Assert.Null(result.Edge);
                SameJob.Assert(before, result.Current, $"from {phase}:");
                SameJob.Assert(before, after, $"from {phase}:");
                SameEvents(history, await Store.HistoryAsync(before.Id, Token));
            }
        }
    }

    [Fact]
    public async Task A_transition_of_a_job_that_is_not_there_is_unknown()
    {
        var result = await Store.ApplyAsync(JobId.New(Samples.Start), JobTransition.RequestCancel("bob", Samples.At(1)));
        Assert.Equal(ApplyStatus.Unknown, result.Status);
        Assert.Null(result.Current);
    }

    [Fact]
    public async Task What_no_edge_names_is_not_touched()
    {
        var full = Samples.Full() with { Phase = JobPhase.Running, Outcome = null, FinishedAt = null };
        await Store.AddedAsync(full);
        var transition = JobTransition.HandOver(Samples.At(50));
        var job = await Store.AppliedAsync(full.Id, transition);
        SameJob.Assert(full with { Version = 18, PromotedAt = Samples.At(50), LastActivityAt = Samples.At(50) }, job);
    }

    [Fact]
    public async Task What_an_edge_sets_to_nothing_is_emptied()
    {
        var full = Samples.Full() with { Phase = JobPhase.Running, Outcome = null, FinishedAt = null };
        await Store.AddedAsync(full);
        var change = new JobChange
        {
            Runner = null, StartedAt = null, PromotedAt = null, FinishedAt = null, Progress = null, CancelRequest = null, Checkpoint = JobData.None,
            Inputs = [], Outcome = null,
        };
        var job = await Store.AppliedAsync(full.Id, new("empty", Samples.At(50), new JobEdge(JobPhases.Running, null, change)));
        SameJob.Assert(full with
        {
            Version = 18, LastActivityAt = Samples.At(50), Runner = null, StartedAt = null, PromotedAt = null, Progress = null, CancelRequest = null,
            Checkpoint = JobData.None, Inputs = [],
        }, job);
    }

    [Fact]
    public async Task What_an_edge_sets_is_set_in_full()
    {
        var full = Samples.Full();
        var job = await Store.AddedAsync(Samples.Queued());
        var change = new JobChange
        {
            Runner = full.Runner, NextAttempt = true, StartedAt = full.StartedAt, PromotedAt = full.PromotedAt, FinishedAt = full.FinishedAt,
            Due = new(full.ScheduledAt), Progress = full.Progress,
            CancelRequest = full.CancelRequest, Checkpoint = full.Checkpoint, Inputs = full.Inputs, Outcome = full.Outcome,
        };
        JobEvent line = new(Samples.At(50), "every field", "ann", "Ünï 😀", 7);
        var edge = new JobEdge(JobPhases.Queued, JobPhase.Failed, change, [line, line with { By = null, Detail = null }]);
        var failed = await Store.AppliedAsync(job.Id, new("fill", Samples.At(50), edge));
        SameJob.Assert(job.After(edge, Samples.At(50)), failed);
        SameEvents(edge.Events, await Store.HistoryAsync(job.Id, Token));
    }

    [Fact]
    public async Task Writes_of_one_call_are_applied_in_order_and_each_by_itself()
    {
        var job = await Store.AddedAsync(Samples.Queued());
        var other = await Store.BroughtToAsync(JobPhase.Running);
        var fence = new JobFence(Samples.Runner, 1);
        var results = await Store.ApplyAsync(
        [
            new(job.Id, JobTransition.Start(Samples.Runner, Samples.At(1))),
            new(job.Id, JobTransition.Start(Samples.OtherRunner, Samples.At(2))),
            new(other.Id, JobTransition.ReportProgress(other.Fence, new(1), Samples.At(2))),
            new(JobId.New(Samples.Start), JobTransition.HandOver(Samples.At(2))),
            new(job.Id, JobTransition.ReportProgress(fence, new(2), Samples.At(3))),
            new(job.Id, JobTransition.Finish(fence, JobOutcome.Completed(), Samples.At(4))),
            new(job.Id, JobTransition.RequestCancel("bob", Samples.At(5))),
        ], Token);
        Assert.Equal(
            [
                ApplyStatus.Applied, ApplyStatus.Refused, ApplyStatus.Applied, ApplyStatus.Unknown, ApplyStatus.Applied, ApplyStatus.Applied,
                ApplyStatus.Refused,
            ],
            results.Select(result => result.Status));
        Assert.Equal([2, 3, 4], new[] { results[0], results[4], results[5] }.Select(result => result.Version));
        var done = await Store.FoundAsync(job.Id);
        Assert.Equal((JobPhase.Completed, 4L, 2.0), (done.Phase, done.Version, done.Progress!.Current));
    }

    [Fact]
    public async Task A_refusal_in_the_middle_of_a_call_shows_the_job_as_it_was_then()
    {
        var job = await Store.AddedAsync(Samples.Queued());
        var results = await Store.ApplyAsync(
        [
            new(job.Id, JobTransition.Start(Samples.Runner, Samples.At(1))),
            new(job.Id, JobTransition.Start(Samples.Runner, Samples.At(2))),
        ], Token);
        Assert.Equal((JobPhase.Running, 2L), (results[1].Current!.Phase, results[1].Current!.Version));
    }

    [Fact]
    public async Task Nothing_is_applied_by_an_empty_call() => Assert.Empty(await Store.ApplyAsync([], Token));

    [Fact]
    public async Task Writes_of_many_jobs_in_one_call_are_all_applied()
    {
        var jobs = Samples.Many(300, i => Samples.Queued(at: i * 0.001));
        await Store.AddedAsync(jobs);
        var start = JobTransition.Start(Samples.Runner, Samples.At(1));
        var results = await Store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, start))], Token);
        Assert.All(results, result => Assert.Equal((ApplyStatus.Applied, 2L), (result.Status, result.Version)));
        var counts = await Store.CountAsync(new(), Token);
        Assert.Equal(300, counts.GetValueOrDefault(JobState.Running));
    }

    private static JobInput[] Questions(Job job, bool answered)
    {
        var asked = new JobInput("2", Samples.Json("\"and?\""), Samples.At(20));
        if (answered) asked = asked with { Answer = Samples.Json("1"), AnsweredBy = "carol", AnsweredAt = Samples.At(20) };
        return [.. job.Inputs.Select(input => input with { Answer = Samples.Json("2"), AnsweredBy = "carol", AnsweredAt = Samples.At(20) }), asked];
    }

    private static JobDue Later(double seconds) => new(Samples.At(seconds), IsFuture: true);

    private static void SameEvents(IEnumerable<JobEvent> expected, IEnumerable<JobEvent> actual) => Assert.Equal(
        expected.Select(line => (line.At.ToUnixTimeMilliseconds(), line.Name, line.By, line.Detail, line.Attempt)),
        actual.Select(line => (line.At.ToUnixTimeMilliseconds(), line.Name, line.By, line.Detail, line.Attempt)));
}
