namespace Errand.Tests.Jobs;

public sealed class JobTests
{
    private static readonly DateTimeOffset Now = Steps.Start;

    [Fact]
    public void A_job_is_queued_at_once_or_held_until_its_time()
    {
        var now = Job.Queued(JobId.New(Now), new("work"), Now);
        Assert.Equal((JobPhase.Queued, JobHolds.None, Now, 1L, 0), (now.Phase, now.Holds, now.ScheduledAt, now.Version, now.Attempt));
        var past = Job.Queued(JobId.New(Now), new("work") { RunAt = Now.AddHours(-1) }, Now);
        Assert.Equal((JobHolds.None, Now), (past.Holds, past.ScheduledAt));
        var later = Job.Queued(JobId.New(Now), new("work") { RunAt = Now.AddHours(1) }, Now);
        Assert.Equal((JobHolds.Future, Now.AddHours(1), Now), (later.Holds, later.ScheduledAt, later.CreatedAt));
    }

    [Fact]
    public void A_step_of_priority_is_worth_a_minute_of_waiting()
    {
        Assert.Equal(Job.RankOf(Now, 0), Job.RankOf(Now.AddMinutes(3), 3));
        Assert.True(Job.RankOf(Now.AddSeconds(59), 1) < Job.RankOf(Now, 0));
        Assert.True(Job.RankOf(Now.AddSeconds(61), 1) > Job.RankOf(Now, 0));
    }

    [Fact]
    public void A_running_job_is_in_its_first_attempt_under_its_runner()
    {
        var job = Job.Running(JobId.New(Now), new("work"), Steps.Runner, Now, Now.AddSeconds(1));
        Assert.Equal((JobPhase.Running, 1, new JobFence(Steps.Runner, 1)), (job.Phase, job.Attempt, job.Fence));
        Assert.Equal((Now, Now.AddSeconds(1)), (job.CreatedAt, job.StartedAt!.Value));
    }

    [Fact]
    public void States_and_phases_agree()
    {
        foreach (var phase in Enum.GetValues<JobPhase>())
        {
            Assert.True(phase.ToState().ToPhases().Has(phase));
            Assert.Equal(phase.IsTerminal(), phase.ToState().IsTerminal());
            Assert.Equal(phase.IsTerminal(), JobPhases.Ended.Has(phase));
            Assert.NotEqual(JobPhases.Live.Has(phase), JobPhases.Ended.Has(phase));
        }
        Assert.Equal(JobPhases.Live | JobPhases.Ended, Enum.GetValues<JobState>().Aggregate(JobPhases.None, (set, state) => set | state.ToPhases()));
    }

    [Fact]
    public void A_state_that_is_an_end_has_one_phase_and_no_other_state_has()
    {
        Assert.Equal([JobPhase.Completed, JobPhase.Failed, JobPhase.Cancelled], JobStates.Ended.Select(state => state.ToEnd()));
        foreach (var state in JobStates.Live) Assert.Throws<ArgumentOutOfRangeException>(() => state.ToEnd());
    }

    [Fact]
    public void States_have_one_word_each() => Assert.Equal(
        ["queued", "running", "waiting", "completed", "failed", "cancelled"], Enum.GetValues<JobState>().Select(state => state.ToWord()));

    [Fact]
    public void Only_an_ended_job_has_an_outcome()
    {
        foreach (var state in Enum.GetValues<JobState>())
        {
            if (state.IsTerminal()) Assert.Equal(state, JobOutcome.Of(state).State);
            else Assert.Throws<ArgumentOutOfRangeException>(() => JobOutcome.Of(state));
        }
    }

    [Fact]
    public void A_query_without_states_means_every_phase()
    {
        Assert.Equal(JobPhases.Live | JobPhases.Ended, new JobQuery().Phases);
        var two = new JobQuery { States = [JobState.Running, JobState.Failed] };
        Assert.Equal(JobPhases.Running | JobPhases.RunningCancelling | JobPhases.Failed, two.Phases);
    }
}
