namespace Errand;

/// <summary>Which fields of a job a change sets.</summary>
[Flags]
public enum JobFields
{
    /// <summary>None but those that every write sets: phase, version, last activity.</summary>
    None = 0,

    /// <summary><see cref="Job.Runner"/>.</summary>
    Runner = 1 << 0,

    /// <summary><see cref="Job.Attempt"/>, raised by one.</summary>
    NextAttempt = 1 << 1,

    /// <summary><see cref="Job.StartedAt"/>.</summary>
    StartedAt = 1 << 2,

    /// <summary><see cref="Job.PromotedAt"/>.</summary>
    PromotedAt = 1 << 3,

    /// <summary><see cref="Job.FinishedAt"/>.</summary>
    FinishedAt = 1 << 4,

    /// <summary><see cref="Job.ScheduledAt"/>, and with it <see cref="Job.Rank"/> and <see cref="Job.Holds"/>.</summary>
    Due = 1 << 5,

    /// <summary><see cref="Job.Progress"/>.</summary>
    Progress = 1 << 6,

    /// <summary><see cref="Job.CancelRequest"/>.</summary>
    CancelRequest = 1 << 7,

    /// <summary><see cref="Job.Checkpoint"/>.</summary>
    Checkpoint = 1 << 8,

    /// <summary><see cref="Job.Inputs"/>.</summary>
    Inputs = 1 << 9,

    /// <summary><see cref="Job.Outcome"/>.</summary>
    Outcome = 1 << 10,

    /// <summary><see cref="Job.IsDeadLetter"/>.</summary>
    DeadLetter = 1 << 11,

    /// <summary>
    /// <see cref="Job.Holds"/> without <see cref="JobHolds.Start"/>, and <see cref="Job.ScheduledAt"/>, and with it <see cref="Job.Rank"/>, where
    /// that lies before the moment given. Never beside <see cref="Due"/>.
    /// </summary>
    InLine = 1 << 12,
}

/// <summary>What a transition writes: the fields it names, and nothing else. Pure data, so that a store needs no rules.</summary>
public sealed class JobChange
{
    /// <summary>A change that sets only what every write sets.</summary>
    public static JobChange Nothing { get; } = new();

    /// <summary>Which fields it sets.</summary>
    public JobFields Fields { get; private set; }

    /// <summary>The runner that holds the job.</summary>
    public RunnerId? Runner { get; init { field = value; Fields |= JobFields.Runner; } }

    /// <summary>Whether the attempt rises by one.</summary>
    public bool NextAttempt { get; init { field = value; if (value) Fields |= JobFields.NextAttempt; } }

    /// <summary>When the attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init { field = value; Fields |= JobFields.StartedAt; } }

    /// <summary>When the caller was given the id.</summary>
    public DateTimeOffset? PromotedAt { get; init { field = value; Fields |= JobFields.PromotedAt; } }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init { field = value; Fields |= JobFields.FinishedAt; } }

    /// <summary>When it may start again.</summary>
    public JobDue Due { get; init { field = value; Fields |= JobFields.Due; } }

    /// <summary>When somebody started a job that waited for that: it stands in line from then, unless its time is still to come.</summary>
    public DateTimeOffset InLineFrom { get; init { field = value; Fields |= JobFields.InLine; } }

    /// <summary>How far it has come.</summary>
    public JobProgress? Progress { get; init { field = value; Fields |= JobFields.Progress; } }

    /// <summary>That its end was asked for.</summary>
    public CancelRequest? CancelRequest { get; init { field = value; Fields |= JobFields.CancelRequest; } }

    /// <summary>What the work saved.</summary>
    public JobData Checkpoint { get; init { field = value; Fields |= JobFields.Checkpoint; } }

    /// <summary>The questions it has asked.</summary>
    public IReadOnlyList<JobInput> Inputs { get => field ?? []; init { field = value; Fields |= JobFields.Inputs; } }

    /// <summary>How it ended.</summary>
    public JobOutcome? Outcome { get; init { field = value; Fields |= JobFields.Outcome; } }

    /// <summary>Whether it is a dead letter from now on.</summary>
    public bool DeadLetter { get; init { field = value; Fields |= JobFields.DeadLetter; } }
}

/// <summary>When a queued job may start, and with it its place in the order of starts.</summary>
/// <param name="At">Not before this moment.</param>
/// <param name="IsFuture">Whether that moment is still to come: the job is held back as <see cref="JobHolds.Future"/>.</param>
public readonly record struct JobDue(DateTimeOffset At, bool IsFuture = false);
