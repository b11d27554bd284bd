namespace Errand.Tests.Jobs;

/// <summary>The life cycle as a table: what each step does from each phase.</summary>
public sealed class LifeCycleTests
{
    // An exclamation mark: a cancel was asked for. "-": refused. "already": nothing left to do. Else the phase it leads to.
    private const string Table = """
                            | queued    | running   | running!  | waiting   | waiting!  | completed | failed  | cancelled
        request start       | queued    | -         | -         | -         | -         | -         | -       | -
        start               | running   | -         | -         | -         | -         | -         | -       | -
        adopt               | -         | running   | running!  | running   | running!  | -         | -       | -
        restart             | -         | running   | -         | -         | -         | -         | -       | -
        progress            | -         | running   | running!  | waiting   | waiting!  | -         | -       | -
        checkpoint          | -         | running   | running!  | waiting   | waiting!  | -         | -       | -
        note                | -         | running   | running!  | waiting   | waiting!  | -         | -       | -
        hand over           | queued    | running   | running!  | waiting   | waiting!  | -         | -       | -
        ask                 | -         | waiting   | -         | waiting   | -         | -         | -       | -
        answer, more open   | -         | -         | -         | waiting   | -         | -         | -       | -
        answer, none open   | -         | -         | -         | running   | -         | -         | -       | -
        complete            | -         | completed | cancelled | completed | cancelled | -         | -       | -
        fail                | -         | failed    | cancelled | failed    | cancelled | -         | -       | -
        end cancelled       | -         | cancelled | cancelled | cancelled | cancelled | -         | -       | -
        retry               | -         | queued    | cancelled | queued    | cancelled | -         | -       | -
        give back           | -         | queued    | cancelled | queued    | cancelled | -         | -       | -
        cancel              | cancelled | running!  | already   | waiting!  | already   | -         | -       | already
        kill                | cancelled | running!  | running!  | waiting!  | waiting!  | -         | -       | already
        fail for good       | -         | failed    | cancelled | failed    | cancelled | -         | -       | -
        reject as failed    | failed    | -         | -         | -         | -         | already   | already | already
        reject as cancelled | cancelled | -         | -         | -         | -         | already   | already | already
        redrive             | -         | -         | -         | -         | -         | -         | failed  | -
        """;

    private static readonly Dictionary<string, JobPhase> Phases = new()
    {
        ["queued"] = JobPhase.Queued, ["running"] = JobPhase.Running, ["running!"] = JobPhase.RunningCancelling,
        ["waiting"] = JobPhase.Waiting, ["waiting!"] = JobPhase.WaitingCancelling,
        ["completed"] = JobPhase.Completed, ["failed"] = JobPhase.Failed, ["cancelled"] = JobPhase.Cancelled,
    };

    // Which fields of a job a change may set, and how to look at them.
    private static readonly Dictionary<JobFields, (Func<Job, object?> Of, Func<JobChange, Job, object?> To)> Fields = new()
    {
        [JobFields.Runner] = (job => job.Runner, (change, _) => change.Runner),
        [JobFields.NextAttempt] = (job => job.Attempt, (_, before) => before.Attempt + 1),
        [JobFields.StartedAt] = (job => job.StartedAt, (change, _) => change.StartedAt),
        [JobFields.PromotedAt] = (job => job.PromotedAt, (change, _) => change.PromotedAt),
        [JobFields.FinishedAt] = (job => job.FinishedAt, (change, _) => change.FinishedAt),
        [JobFields.Due] = (job => (job.ScheduledAt, job.Holds),
            (change, _) => (change.Due.At, change.Due.IsFuture ? JobHolds.Future : JobHolds.None)),
        [JobFields.Progress] = (job => job.Progress, (change, _) => change.Progress),
        [JobFields.CancelRequest] = (job => job.CancelRequest, (change, _) => change.CancelRequest),
        [JobFields.Checkpoint] = (job => job.Checkpoint, (change, _) => change.Checkpoint),
        [JobFields.Inputs] = (job => job.Inputs, (change, _) => change.Inputs),
        [JobFields.Outcome] = (job => job.Outcome, (change, _) => change.Outcome),
        [JobFields.DeadLetter] = (job => job.IsDeadLetter, (change, _) => change.DeadLetter),
        [JobFields.InLine] = (job => (job.ScheduledAt, job.Holds),
            (change, before) => (change.InLineFrom > before.ScheduledAt ? change.InLineFrom : before.ScheduledAt, before.Holds & ~JobHolds.Start)),
    };

    // Two ways to write the same.
    private const JobFields Placing = JobFields.Due | JobFields.InLine;

    public static TheoryData<string, JobPhase, string> Cells
    {
        get
        {
            string[][] rows = [.. Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries))];
            var cells = new TheoryData<string, JobPhase, string>();
            foreach (string[] row in rows[1..])
                for (int i = 1; i < row.Length; i++) cells.Add(row[0], Phases[rows[0][i]], row[i]);
            return cells;
        }
    }

    [Fact]
    public void The_table_has_every_step_and_every_phase()
    {
        Assert.Equal(Steps.All.Keys.Order(), Cells.Select(cell => cell.Data.Item1).Distinct().Order());
        Assert.Equal(Steps.All.Count * Enum.GetValues<JobPhase>().Length, Cells.Count);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_step_leads_from_a_phase_where_the_table_says(string step, JobPhase phase, string expected)
    {
        var job = Steps.In(phase);
        var transition = Steps.All[step](job, Steps.Start.AddSeconds(9));
        var status = transition.Judge(job);
        if (Phases.TryGetValue(expected, out var to))
        {
            Assert.Equal(ApplyStatus.Applied, status);
            Assert.Equal(to, job.After(transition.EdgeFrom(phase)!, transition.At).Phase);
        }
        else Assert.Equal(expected == "already" ? ApplyStatus.AlreadyApplied : ApplyStatus.Refused, status);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_step_writes_the_fields_it_names_and_no_others(string step, JobPhase phase, string expected)
    {
        var before = Steps.In(phase);
        var at = Steps.Start.AddSeconds(9);
        if (Steps.All[step](before, at).EdgeFrom(phase) is not { } edge) return;
        Assert.True(Phases.ContainsKey(expected));
        var after = before.After(edge, at);
        Assert.Equal((before.Version + 1, at), (after.Version, after.LastActivityAt));
        Assert.Equal((before.Id, before.CreatedAt), (after.Id, after.CreatedAt));
        Assert.Same(before.Spec, after.Spec);
        foreach (var (field, (of, to)) in Fields)
        {
            if ((field & Placing) != 0 && (edge.Change.Fields & Placing & ~field) != 0) continue;
            Assert.Equal(edge.Change.Fields.HasFlag(field) ? to(edge.Change, before) : of(before), of(after));
        }
    }

    [Fact]
    public void Every_field_can_be_looked_at() => Assert.Equal(Enum.GetValues<JobFields>().Where(field => field != 0).Order(), Fields.Keys.Order());

    [Theory]
    [MemberData(nameof(Cells))]
    public void No_phase_stands_in_two_edges_of_a_step(string step, JobPhase phase, string expected)
    {
        _ = expected;
        var transition = Steps.All[step](Steps.In(phase), Steps.Start);
        Assert.True(transition.Edges.Count(edge => edge.From.Has(phase)) <= 1);
        Assert.False(transition.Already.Has(phase) && transition.From.Has(phase));
    }

    [Fact]
    public void B_24_after_a_cancel_the_only_end_is_cancelled_and_proof_is_kept_but_no_result()
    {
        var job = Steps.In(JobPhase.RunningCancelling);
        var outcome = JobOutcome.Completed(JobData.Parse("1")) with { ExitCode = 0, Signal = "SIGINT", Output = new(5, 0, "aa") };
        var finish = JobTransition.Finish(job.Fence, outcome, Steps.Start);
        var after = job.After(finish.EdgeFrom(job.Phase)!, Steps.Start);
        Assert.Equal(JobOutcome.Cancelled with { ExitCode = 0, Signal = "SIGINT", Output = outcome.Output }, after.Outcome);
    }

    [Fact]
    public void F_8_the_history_says_who_cancelled_and_when_the_work_ended()
    {
        var job = Steps.In(JobPhase.Running);
        var cancel = JobTransition.RequestCancel("bob", Steps.Start.AddSeconds(1));
        var asked = cancel.EdgeFrom(job.Phase)!;
        job = job.After(asked, cancel.At);
        var ended = JobTransition.Finish(job.Fence, JobOutcome.Completed(), Steps.Start.AddSeconds(2)).EdgeFrom(job.Phase)!;
        Assert.Equal(
            [
                (Steps.Start.AddSeconds(1), JobEvents.CancelRequested, "bob"), (Steps.Start.AddSeconds(2), JobEvents.WorkEnded, null),
                (Steps.Start.AddSeconds(2), JobEvents.SlotFreed, null),
            ],
            asked.Events.Concat(ended.Events).Select(line => (line.At, line.Name, line.By)));
    }

    [Fact]
    public void A_kill_keeps_when_the_end_was_first_asked_for()
    {
        var job = Steps.In(JobPhase.RunningCancelling);
        var kill = JobTransition.RequestKill("eve", job.CancelRequest!.At, Steps.Start.AddSeconds(7));
        Assert.Equal(new(Steps.Start, "eve", Force: true), job.After(kill.EdgeFrom(job.Phase)!, kill.At).CancelRequest);
    }

    [Fact]
    public void A_transition_asks_first_whether_anything_is_left_to_do_then_where_it_starts_then_whose_it_is()
    {
        var job = Steps.In(JobPhase.Running);
        JobTransition Move(JobPhases from, JobPhases already = default, JobFence? fence = null, long? version = null) =>
            new("move", Steps.Start, new JobEdge(from, null, JobChange.Nothing)) { Already = already, Fence = fence, ExpectedVersion = version };
        var stranger = new JobFence(Steps.Other, 2);
        Assert.Equal(ApplyStatus.AlreadyApplied, Move(JobPhases.Queued, JobPhases.Running, stranger, 1).Judge(job));
        Assert.Equal(ApplyStatus.Refused, Move(JobPhases.Queued).Judge(job));
        Assert.Equal(ApplyStatus.Refused, Move(JobPhases.Running, fence: stranger).Judge(job));
        Assert.Equal(ApplyStatus.Refused, Move(JobPhases.Running, fence: job.Fence, version: 4).Judge(job));
        Assert.Equal(ApplyStatus.Applied, Move(JobPhases.Running, fence: job.Fence, version: 5).Judge(job));
    }
}
