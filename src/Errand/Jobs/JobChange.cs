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
    Schedule = 1 << 5,

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
    public JobSchedule Schedule { get; init { field = value; Fields |= JobFields.Schedule; } }

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
}

/// <summary>When a queued job may start: its time, its place in the order of starts, and what holds it back.</summary>
/// <param name="ScheduledAt">Not before this moment.</param>
/// <param name="Rank">See <see cref="Job.Rank"/>.</param>
/// <param name="Holds">What holds it back.</param>
public readonly record struct JobSchedule(DateTimeOffset ScheduledAt, long Rank, JobHolds Holds);
