namespace Errand.Tests.Jobs;

/// <summary>Jobs and transitions to try the state machine with.</summary>
internal static class Steps
{
    public static readonly DateTimeOffset Start = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    public static readonly RunnerId Runner = new("runner-1");
    public static readonly RunnerId Other = new("runner-2");

    /// <summary>Every step of the life cycle, by the name it has in the table, as somebody would take it who has just read the job.</summary>
    public static IReadOnlyDictionary<string, Func<Job, DateTimeOffset, JobTransition>> All { get; } =
        new Dictionary<string, Func<Job, DateTimeOffset, JobTransition>>
        {
            ["request start"] = (job, at) => JobTransition.RequestStart("bob", job.Version, at),
            ["start"] = (_, at) => JobTransition.Start(Runner, at),
            ["adopt"] = (job, at) => JobTransition.Adopt(job.Runner == Other ? Runner : Other, job.Runner ?? Runner, at),
            ["restart"] = (job, at) => JobTransition.Restart(job, "again", at),
            ["progress"] = (job, at) => JobTransition.ReportProgress(job.Fence, new(1, 2), at),
            ["checkpoint"] = (job, at) => JobTransition.SaveCheckpoint(job.Fence, JobData.Parse("1"), at),
            ["note"] = (job, at) => JobTransition.Note(job.Fence, new(at, "note")),
            ["hand over"] = (_, at) => JobTransition.HandOver(at),
            ["ask"] = (job, at) => JobTransition.AwaitInput(job.Fence, [.. job.Inputs, Question(job, at)], job.Version, at),
            ["answer, more open"] = (job, at) => JobTransition.Answer([.. Answered(job, at), Question(job, at)], "1", "carol", job.Version, at),
            ["answer, none open"] = (job, at) => JobTransition.Answer([.. Answered(job, at)], "1", "carol", job.Version, at),
            ["complete"] = (job, at) => JobTransition.Finish(job.Fence, JobOutcome.Completed(JobData.Parse("42")) with { ExitCode = 0 }, at),
            ["fail"] = (job, at) => JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m"), JobData.Parse("1")) with { ExitCode = 3 }, at),
            ["end cancelled"] = (job, at) => JobTransition.Finish(job.Fence, JobOutcome.Cancelled with { Signal = "SIGKILL" }, at),
            ["retry"] = (job, at) => JobTransition.Retry(job, new("e", "m"), Next(job, at.AddSeconds(5)), at),
            ["give back"] = (job, at) => JobTransition.GiveBack(job, "leaving", Next(job, at), at),
            ["cancel"] = (_, at) => JobTransition.RequestCancel("bob", at),
            ["fail for good"] = (job, at) => JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m")), at, deadLetter: true),
            ["reject as failed"] = (_, at) => JobTransition.Reject(JobOutcome.Failed(new("e", "m")), "its parent failed", at),
            ["reject as cancelled"] = (_, at) => JobTransition.Reject(JobOutcome.Cancelled, "its parent was cancelled", at),
            ["redrive"] = (job, at) => JobTransition.Redrive("bob", job.Id, job.Version, at),
            ["kill"] = (job, at) => JobTransition.RequestKill("bob", job.CancelRequest?.At ?? at, at),
        };

    /// <summary>A job in a phase, as the life cycle could have brought it there.</summary>
    public static Job In(JobPhase phase)
    {
        bool started = phase != JobPhase.Queued;
        bool cancelling = phase is JobPhase.RunningCancelling or JobPhase.WaitingCancelling or JobPhase.Cancelled;
        return Job.Queued(JobId.New(Start), new JobSpec("work"), Start) with
        {
            Phase = phase, Version = 5, Attempt = started ? 2 : 0, Runner = started ? Runner : null, StartedAt = started ? Start : null,
            CancelRequest = cancelling ? new(Start, "ann", false) : null,
            Inputs = phase is JobPhase.Waiting or JobPhase.WaitingCancelling ? [new("1", JobData.Parse("1"), Start)] : [],
            Outcome = phase.IsTerminal() ? JobOutcome.Of(phase.ToState()) : null,
            FinishedAt = phase.IsTerminal() ? Start : null,
        };
    }

    private static JobInput Question(Job job, DateTimeOffset at) => new($"{job.Inputs.Count + 1}", JobData.Parse("\"?\""), at);

    private static IEnumerable<JobInput> Answered(Job job, DateTimeOffset at) =>
        job.Inputs.Select(input => input with { Answer = JobData.Parse("2"), AnsweredBy = "carol", AnsweredAt = at });

    private static JobDue Next(Job job, DateTimeOffset due) => new(due);
}
