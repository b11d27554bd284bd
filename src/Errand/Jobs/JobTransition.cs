using System.Collections;

namespace Errand;

/// <summary>One arrow of a transition: from any of these phases to that one, with what is written on the way.</summary>
/// <param name="From">The phases it starts from.</param>
/// <param name="To">The phase it leads to; absent where the phase stays as it is.</param>
/// <param name="Change">What is written.</param>
/// <param name="Events">What goes into the history.</param>
public sealed record JobEdge(JobPhases From, JobPhase? To, JobChange Change, IReadOnlyList<JobEvent> Events)
{
    /// <summary>An arrow that adds nothing to the history.</summary>
    /// <param name="from">The phases it starts from.</param>
    /// <param name="to">The phase it leads to; absent where the phase stays as it is.</param>
    /// <param name="change">What is written.</param>
    public JobEdge(JobPhases from, JobPhase? to, JobChange change) : this(from, to, change, []) { }
}

/// <summary>
/// A legal step in the life of a job, as data: from which phases to which, what is written, and what must hold. This file is the one
/// place where the life cycle is written down; a store applies the first edge that fits by one guarded write and has no rule of its own.
/// </summary>
public sealed class JobTransition
{
    /// <summary>A transition of an extension; the named constructors below are the life cycle itself.</summary>
    /// <param name="name">A verb, for logs.</param>
    /// <param name="at">When it happens.</param>
    /// <param name="edges">Its arrows; no phase stands in two of them.</param>
    public JobTransition(string name, DateTimeOffset at, params IReadOnlyList<JobEdge> edges)
    {
        Name = name;
        At = at;
        Edges = edges;
    }

    /// <summary>A verb, for logs.</summary>
    public string Name { get; }

    /// <summary>When it happens.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Its arrows; no phase stands in two of them.</summary>
    public IReadOnlyList<JobEdge> Edges { get; }

    /// <summary>The phases that it has nothing left to do in.</summary>
    public JobPhases Already { get; init; }

    /// <summary>Who must hold the job for it to apply.</summary>
    public JobFence? Fence { get; init; }

    /// <summary>The version that the job must have for it to apply.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>All phases it applies in.</summary>
    public JobPhases From => Edges.Aggregate(JobPhases.None, (from, edge) => from | edge.From);

    /// <summary>The arrow that starts from a phase, if there is one.</summary>
    /// <param name="phase">The phase.</param>
    public JobEdge? EdgeFrom(JobPhase phase)
    {
        for (int i = 0; i < Edges.Count; i++)
            if (Edges[i].From.Has(phase)) return Edges[i];
        return null;
    }

    /// <summary>Somebody starts a job that waits for that: it comes into line, unless something else holds it back.</summary>
    /// <param name="by">Who starts it.</param>
    /// <param name="version">The version in which it waited.</param>
    /// <param name="at">When.</param>
    public static JobTransition RequestStart(string by, long version, DateTimeOffset at) => new("request start", at,
        new JobEdge(JobPhases.Queued, null, new() { InLineFrom = at }, [new(at, JobEvents.StartRequested, by)])) { ExpectedVersion = version };

    /// <summary>A runner takes a queued job: a new attempt begins.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="at">When.</param>
    public static JobTransition Start(RunnerId runner, DateTimeOffset at) => new("start", at,
        new JobEdge(JobPhases.Queued, JobPhase.Running, new() { Runner = runner, NextAttempt = true, StartedAt = at, Progress = null }));

    /// <summary>A runner takes over what a lapsed one held; the attempt stays, the fence changes.</summary>
    /// <param name="runner">The runner that takes over.</param>
    /// <param name="from">The runner that has lapsed.</param>
    /// <param name="at">When.</param>
    public static JobTransition Adopt(RunnerId runner, RunnerId from, DateTimeOffset at)
    {
        var change = new JobChange { Runner = runner };
        JobEvent[] events = [new(at, JobEvents.Adopted, runner.Text, $"taken over from runner {from}, which was gone")];
        return new("adopt", at,
            new JobEdge(JobPhases.Running | JobPhases.Waiting, JobPhase.Running, change, events),
            new JobEdge(JobPhases.Cancelling, JobPhase.RunningCancelling, change, events));
    }

    /// <summary>The work begins again from the start under the runner that took it over.</summary>
    /// <param name="job">The job as its runner holds it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When.</param>
    public static JobTransition Restart(Job job, string reason, DateTimeOffset at) => new("restart", at,
        new JobEdge(JobPhases.Running, JobPhase.Running, new() { NextAttempt = true, StartedAt = at, Progress = null },
            [AttemptStarted(job), new(at, JobEvents.Crashed, null, reason, job.Attempt)])) { Fence = job.Fence };

    /// <summary>The work tells how far it has come.</summary>
    /// <param name="fence">Who holds it.</param>
    /// <param name="progress">How far.</param>
    /// <param name="at">When.</param>
    public static JobTransition ReportProgress(JobFence fence, JobProgress progress, DateTimeOffset at) => new("progress", at,
        new JobEdge(JobPhases.Held, null, new() { Progress = progress })) { Fence = fence };

    /// <summary>The work saves what it needs to go on from here.</summary>
    /// <param name="fence">Who holds it.</param>
    /// <param name="checkpoint">What it saves.</param>
    /// <param name="at">When.</param>
    public static JobTransition SaveCheckpoint(JobFence fence, JobData checkpoint, DateTimeOffset at) => new("checkpoint", at,
        new JobEdge(JobPhases.Held, null, new() { Checkpoint = checkpoint })) { Fence = fence };

    /// <summary>Something worth a line in the history happened.</summary>
    /// <param name="fence">Who holds it.</param>
    /// <param name="line">The line.</param>
    public static JobTransition Note(JobFence fence, JobEvent line) => new("note", line.At,
        new JobEdge(JobPhases.Held, null, JobChange.Nothing, [line])) { Fence = fence };

    /// <summary>The caller of a running or queued job was given its id.</summary>
    /// <param name="at">When.</param>
    public static JobTransition HandOver(DateTimeOffset at) => new("hand over", at,
        new JobEdge(JobPhases.Live, null, new() { PromotedAt = at }));

    /// <summary>The work asks a question and waits for its answer.</summary>
    /// <param name="fence">Who holds it.</param>
    /// <param name="inputs">All its questions, this one among them.</param>
    /// <param name="version">The version in which <paramref name="inputs"/> were read.</param>
    /// <param name="at">When.</param>
    public static JobTransition AwaitInput(JobFence fence, IReadOnlyList<JobInput> inputs, long version, DateTimeOffset at) => new("await input", at,
        new JobEdge(JobPhases.Running | JobPhases.Waiting, JobPhase.Waiting, new() { Inputs = inputs },
            [new(at, JobEvents.InputRequested, null, inputs[^1].Key, fence.Attempt)])) { Fence = fence, ExpectedVersion = version };

    /// <summary>A question is answered; the work goes on once none is left.</summary>
    /// <param name="inputs">All its questions, the answered one among them.</param>
    /// <param name="key">The one that was answered.</param>
    /// <param name="by">Who answered.</param>
    /// <param name="version">The version in which <paramref name="inputs"/> were read.</param>
    /// <param name="at">When.</param>
    public static JobTransition Answer(IReadOnlyList<JobInput> inputs, string key, string by, long version, DateTimeOffset at) => new("answer", at,
        new JobEdge(JobPhases.Waiting, inputs.Any(input => input.IsOutstanding) ? JobPhase.Waiting : JobPhase.Running, new() { Inputs = inputs },
            [new(at, JobEvents.InputAnswered, by, key)])) { ExpectedVersion = version };

    /// <summary>The work has ended. Where a cancel was asked for, cancelled is the only end there is, and a late result is not kept.</summary>
    /// <param name="fence">Who holds it.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="at">When.</param>
    /// <param name="deadLetter">Whether somebody should look at it, as its retries are used up or cannot help.</param>
    public static JobTransition Finish(JobFence fence, JobOutcome outcome, DateTimeOffset at, bool deadLetter = false)
    {
        var end = outcome.State.ToEnd();
        var change = deadLetter
            ? new JobChange { Outcome = outcome, FinishedAt = at, DeadLetter = true }
            : new JobChange { Outcome = outcome, FinishedAt = at };
        var natural = new JobEdge(JobPhases.Running | JobPhases.Waiting, end, change);
        return new(end.ToState().ToWord(), at, new EndEdges(natural, outcome, at)) { Fence = fence };
    }

    /// <summary>An attempt has failed and another will follow; never after a cancel request.</summary>
    /// <param name="job">The job as its runner holds it.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="next">When it may start again.</param>
    /// <param name="at">When.</param>
    public static JobTransition Retry(Job job, JobError error, JobDue next, DateTimeOffset at) =>
        Requeue("retry", job, $"{error.Code}: {error.Message}", next, at);

    /// <summary>The runner gives the job back, to be started again from the beginning or its checkpoint.</summary>
    /// <param name="job">The job as its runner holds it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="next">When it may start again.</param>
    /// <param name="at">When.</param>
    public static JobTransition GiveBack(Job job, string reason, JobDue next, DateTimeOffset at) =>
        Requeue("give back", job, reason, next, at);

    /// <summary>A job that has not started never will: what it waits for has failed, or is gone.</summary>
    /// <param name="outcome">How it ends.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When.</param>
    public static JobTransition Reject(JobOutcome outcome, string reason, DateTimeOffset at) => new("reject", at,
        new JobEdge(JobPhases.Queued, outcome.State == JobState.Failed ? JobPhase.Failed : JobPhase.Cancelled,
            new() { Outcome = outcome, FinishedAt = at }, [new(at, JobEvents.Rejected, null, reason)])) { Already = JobPhases.Ended };

    /// <summary>A dead letter was submitted again, and is none any more.</summary>
    /// <param name="by">Who did it.</param>
    /// <param name="successor">The job that does it again.</param>
    /// <param name="version">The version in which it was a dead letter.</param>
    /// <param name="at">When.</param>
    public static JobTransition Redrive(string by, JobId successor, long version, DateTimeOffset at) => new("redrive", at,
        new JobEdge(JobPhases.Failed, null, new() { DeadLetter = false }, [new(at, JobEvents.Redriven, by, successor.ToString())]))
        { ExpectedVersion = version };

    /// <summary>Somebody asks for the end of a job: a queued one ends at once, a running one is asked to stop.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="at">When.</param>
    public static JobTransition RequestCancel(string by, DateTimeOffset at)
    {
        var request = new CancelRequest(at, by, Force: false);
        JobEvent[] events = [new(at, JobEvents.CancelRequested, by)];
        return new("cancel", at, CancelRequestEdges(request, events)) { Already = JobPhases.Cancelling | JobPhases.Cancelled };
    }

    /// <summary>Somebody asks for the end of a job at once, whether or not a cancel is under way.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="requestedAt">When the end was first asked for.</param>
    /// <param name="at">When.</param>
    public static JobTransition RequestKill(string by, DateTimeOffset requestedAt, DateTimeOffset at)
    {
        var request = new CancelRequest(requestedAt, by, Force: true);
        JobEvent[] events = [new(at, JobEvents.KillRequested, by)];
        var again = new JobEdge(JobPhases.Cancelling, null, new() { CancelRequest = request }, events);
        return new("kill", at, [.. CancelRequestEdges(request, events), again])
        {
            Already = JobPhases.Cancelled,
        };
    }

    private static JobEdge[] CancelRequestEdges(CancelRequest request, JobEvent[] events) =>
    [
        new(JobPhases.Queued, JobPhase.Cancelled,
            new() { CancelRequest = request, Outcome = JobOutcome.Cancelled, FinishedAt = request.At }, events),
        new(JobPhases.Running, JobPhase.RunningCancelling, new() { CancelRequest = request }, events),
        new(JobPhases.Waiting, JobPhase.WaitingCancelling, new() { CancelRequest = request }, events),
    ];

    private static JobTransition Requeue(string name, Job job, string reason, JobDue next, DateTimeOffset at) => new(name, at,
        new JobEdge(JobPhases.Running | JobPhases.Waiting, JobPhase.Queued, new() { Runner = null, Due = next },
            [AttemptStarted(job), new(at, JobEvents.AttemptFailed, null, reason, job.Attempt)]),
        CancelledEdge(JobOutcome.Cancelled, at)) { Fence = job.Fence };

    // The start of the current attempt is told by the job itself; that of an earlier one only by its history.
    private static JobEvent AttemptStarted(Job job) => new(job.StartedAt ?? job.CreatedAt, JobEvents.Started, job.Runner?.Text, null, job.Attempt);

    private static JobEdge CancelledEdge(JobOutcome outcome, DateTimeOffset at) => new(
        JobPhases.Cancelling, JobPhase.Cancelled,
        new()
        {
            Outcome = JobOutcome.Cancelled with { ExitCode = outcome.ExitCode, Signal = outcome.Signal, Output = outcome.Output },
            FinishedAt = at,
        },
        [new(at, JobEvents.WorkEnded), new(at, JobEvents.SlotFreed)]);

    /// <summary>The two ways in which work ends. The second, for work that was to be cancelled, is seldom needed and made only then.</summary>
    private sealed class EndEdges(JobEdge natural, JobOutcome outcome, DateTimeOffset at) : IReadOnlyList<JobEdge>
    {
        private JobEdge? _cancelled;

        public int Count => 2;

        public JobEdge this[int index] => index switch
        {
            0 => natural,
            1 => _cancelled ??= CancelledEdge(outcome, at),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<JobEdge> GetEnumerator()
        {
            for (int i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
