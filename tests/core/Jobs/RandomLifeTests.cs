using FsCheck;
using FsCheck.Fluent;

namespace Errand.Tests.Jobs;

/// <summary>Any steps in any order: what holds however a job lives. A failure prints the seed to replay it with.</summary>
public sealed class RandomLifeTests
{
    private static readonly string[] Names = [.. Steps.All.Keys];

    // Steps that end a job are rare, so that most lives are long enough to get somewhere.
    private static readonly string[] Endings = ["complete", "fail", "end cancelled", "cancel", "kill"];

    private static Arbitrary<int[]> Lives =>
        Arb.From(Gen.Frequency([.. Names.Select((name, i) => (WeightOf(name), Gen.Constant(i)))]).ArrayOf().Resize(80), OneShorter);

    [Fact]
    public void B_2_an_end_never_changes() => ForEveryStep((before, status, after) =>
    {
        if (!before.IsTerminal) return;
        // All that can still be said of it is that somebody has looked at a dead letter.
        if (status == ApplyStatus.Applied) Assert.Equal(before, after with { Version = before.Version, LastActivityAt = before.LastActivityAt, IsDeadLetter = before.IsDeadLetter });
        else Assert.Same(before, after);
    });

    [Fact]
    public void Versions_have_no_gaps() => ForEveryStep((before, status, after) =>
        Assert.Equal(before.Version + (status == ApplyStatus.Applied ? 1 : 0), after.Version));

    [Fact]
    public void B_4_a_cancel_is_never_undone() => ForEveryStep((before, _, after) =>
    {
        if (before.CancelRequest is null) return;
        Assert.Equal(before.CancelRequest.At, after.CancelRequest!.At);
        Assert.True(after.CancelRequest.Force || !before.CancelRequest.Force);
        Assert.True((JobPhases.Cancelling | JobPhases.Cancelled).Has(after.Phase));
    });

    [Fact]
    public void Attempts_never_fall_and_rise_by_one() => ForEveryStep((before, _, after) =>
        Assert.InRange(after.Attempt - before.Attempt, 0, 1));

    [Fact]
    public void A_job_has_an_outcome_and_an_end_exactly_when_it_has_ended() => ForEveryStep((_, _, after) =>
    {
        Assert.Equal((after.IsTerminal, after.IsTerminal), (after.Outcome is not null, after.FinishedAt is not null));
        Assert.True(after.Outcome is null || after.Outcome.State == after.State);
        Assert.True(after.State != JobState.Cancelled || after.Outcome!.Result.IsNone);
    });

    [Fact]
    public void Somebody_holds_a_job_exactly_while_it_is_under_way() => ForEveryStep((_, _, after) =>
    {
        if (JobPhases.Held.Has(after.Phase)) Assert.NotNull(after.Runner);
        if (after.Phase == JobPhase.Queued) Assert.Null(after.Runner);
    });

    [Fact]
    public void A_waiting_job_has_an_open_question_and_a_running_one_that_was_answered_has_none() => ForEveryStep((before, status, after) =>
    {
        if (after.State == JobState.Waiting) Assert.Contains(after.Inputs, input => input.IsOutstanding);
        bool answered = before.Phase == JobPhase.Waiting && after.Phase == JobPhase.Running && before.Runner == after.Runner;
        if (answered && status == ApplyStatus.Applied) Assert.DoesNotContain(after.Inputs, input => input.IsOutstanding);
    });

    [Fact]
    public void B_40_a_fence_that_was_lost_is_lost_for_good() => Properties.Hold(Prop.ForAll(Lives, life =>
    {
        var job = Job.Queued(JobId.New(Steps.Start), new JobSpec("work"), Steps.Start);
        var lost = new HashSet<JobFence>();
        foreach (var (before, _, after) in Walk(job, life))
        {
            if (before.Fence != after.Fence) lost.Add(before.Fence);
            foreach (var fence in lost.Where(fence => fence != after.Fence))
                Assert.NotEqual(ApplyStatus.Applied, JobTransition.Finish(fence, JobOutcome.Completed(), Steps.Start).Judge(after));
        }
    }));

    [Fact]
    public void Lives_reach_every_phase()
    {
        var reached = new HashSet<JobPhase>();
        ForEveryStep((_, _, after) => reached.Add(after.Phase), lives: 2000);
        Assert.Equal(Enum.GetValues<JobPhase>(), reached.Order());
    }

    private static int WeightOf(string name) => Endings.Contains(name) ? 1 : name is "start" or "ask" ? 12 : 4;

    private static IEnumerable<int[]> OneShorter(int[] life) => life.Select((_, i) => (int[])[.. life[..i], .. life[(i + 1)..]]);

    private static void ForEveryStep(Action<Job, ApplyStatus, Job> check, int lives = 200) =>
        Properties.Hold(Prop.ForAll(Lives, life =>
        {
            var job = Job.Queued(JobId.New(Steps.Start), new JobSpec("work"), Steps.Start);
            foreach (var (before, status, after) in Walk(job, life)) check(before, status, after);
        }), lives);

    private static IEnumerable<(Job Before, ApplyStatus Status, Job After)> Walk(Job job, int[] life)
    {
        var at = Steps.Start;
        foreach (int step in life)
        {
            at = at.AddSeconds(1);
            var transition = Steps.All[Names[step]](job, at);
            var before = job;
            var status = transition.Judge(job);
            if (status == ApplyStatus.Applied) job = job.After(transition.EdgeFrom(job.Phase)!, at);
            yield return (before, status, job);
        }
    }
}
