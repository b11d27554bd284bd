namespace Errand;

/// <summary>Work that recurs, or comes once at a time: when, and which job is then submitted. See <see cref="IScheduleClient"/>.</summary>
/// <remarks>Exactly one of <see cref="Cron"/>, <see cref="Every"/> and <see cref="At"/> says when.</remarks>
public sealed record JobSchedule
{
    /// <summary>What it is called: 1 to 100 letters, digits, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    /// <summary>The job that each run submits.</summary>
    public required JobSpec Job { get; init; }

    /// <summary>The times of day and the days, as <see cref="CronExpression"/> reads them.</summary>
    public string? Cron { get; init; }

    /// <summary>The time zone of <see cref="Cron"/>, by its IANA name such as <c>Europe/Berlin</c>. Default: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The time from one run to the next, at least a second, counted from <see cref="From"/> or else from when it was created.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The one time at which it runs.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Not before this moment. For <see cref="Every"/> it is the time of the first run, and may lie in the past.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Not after this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What happens to runs that came due while nobody was there to start them. Default: <see cref="MissedRuns.RunOnce"/>.</summary>
    public MissedRuns MissedRuns { get; init; } = MissedRuns.RunOnce;

    /// <summary>How many runs <see cref="MissedRuns.RunAll"/> makes up for at most, the latest ones; from 1 to 1000. Default: 100.</summary>
    public int MaxMissedRuns { get; init; } = 100;

    /// <summary>How long each run may be put off, so that not all that is due at midnight starts at midnight. Default: not at all.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>
    /// Whether it is paused. Counts when a schedule is created; one that is replaced stays as it is: see <see cref="IScheduleClient.PauseAsync"/>
    /// and <see cref="IScheduleClient.ResumeAsync"/>.
    /// </summary>
    public bool Paused { get; init; }

    /// <summary>The tag that all jobs of a schedule carry, to be listed by: see <see cref="JobQuery.Tag"/>.</summary>
    /// <param name="name">The schedule's name.</param>
    public static string TagOf(string name) => $"schedule:{name}";
}

/// <summary>What happens to runs of a schedule that came due while nobody was there to start them.</summary>
public enum MissedRuns
{
    /// <summary>One run makes up for all of them: the latest.</summary>
    RunOnce,

    /// <summary>They are left out. A run that is less than a minute late is not missed.</summary>
    Skip,

    /// <summary>Each is made up for, the latest <see cref="JobSchedule.MaxMissedRuns"/> of them.</summary>
    RunAll,
}

/// <summary>A schedule, and how far it has come.</summary>
public sealed record ScheduleStatus
{
    /// <summary>The schedule.</summary>
    public required JobSchedule Schedule { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it runs next; never, where it is paused or has come to its end.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>The time that its latest run was for.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>The job of its latest run.</summary>
    public JobId? LastJob { get; init; }

    /// <summary>How many runs came due and were submitted. Runs by hand do not count.</summary>
    public long Runs { get; init; }
}
