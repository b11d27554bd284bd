namespace Errand;

/// <summary>One unit of work, as a store holds it at one version. It never changes; a later look gives another one.</summary>
public sealed record Job
{
    /// <summary>Its unguessable name.</summary>
    public required JobId Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>Its place in the state machine.</summary>
    public JobPhase Phase { get; init; }

    /// <summary>Rises by one with every write, without gaps: a cursor for "news since".</summary>
    public long Version { get; init; } = 1;

    /// <summary>How many times it was started; the number of the attempt under way, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>The runner that holds it or held it last.</summary>
    public RunnerId? Runner { get; init; }

    /// <summary>Why it cannot start yet, apart from its place in line.</summary>
    public JobHolds Holds { get; init; }

    /// <summary>The caps that it stands under.</summary>
    public IReadOnlyList<JobCap> Caps { get; init; } = [];

    /// <summary>The cap in whose line it waits, where <see cref="JobHolds.Cap"/> holds it back.</summary>
    public string? WaitsForCap { get; init; }

    /// <summary>How many of the jobs that it starts after are still to end.</summary>
    public int PendingParents { get; init; }

    /// <summary>Whether it failed for good and waits for somebody to look at it: see <see cref="JobQuery.DeadLetters"/>.</summary>
    public bool IsDeadLetter { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not before this moment.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When the current attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its caller was given the id because it took longer than the caller would wait.</summary>
    public DateTimeOffset? PromotedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it was last written.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>How far it has come.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>That somebody asked for its end.</summary>
    public CancelRequest? CancelRequest { get; init; }

    /// <summary>What the work saved in order to go on from there.</summary>
    public JobData Checkpoint { get; init; }

    /// <summary>The questions it has asked, answered and not.</summary>
    public IReadOnlyList<JobInput> Inputs { get; init; } = [];

    /// <summary>How it ended.</summary>
    public JobOutcome? Outcome { get; init; }

    /// <summary>Its state, in the words that every surface uses.</summary>
    public JobState State => Phase.ToState();

    /// <summary>What sort of work it is.</summary>
    public string Kind => Spec.Kind;

    /// <summary>Who it belongs to.</summary>
    public string Owner => Spec.Owner;

    /// <summary>Whether it has ended.</summary>
    public bool IsTerminal => Phase.IsTerminal();

    /// <summary>Its place in the order of starts: the smaller, the sooner. A step of priority is worth a minute of waiting.</summary>
    public long Rank => RankOf(ScheduledAt, Spec.Priority);

    /// <summary>What its current runner signs its writes with.</summary>
    public JobFence Fence => new(Runner ?? default, Attempt);

    /// <summary>When it will be done, as far as its progress tells.</summary>
    /// <param name="now">The time now.</param>
    public DateTimeOffset? Eta(DateTimeOffset now) =>
        State == JobState.Running && StartedAt is { } started && Progress?.Remaining(started, now) is { } left ? now + left : null;

    /// <summary>Until when it is kept, where it says so itself and has ended.</summary>
    public DateTimeOffset? ExpiresAt => FinishedAt + Spec.KeepFor;

    /// <summary>Whether it may answer for an identical request that is made now.</summary>
    /// <param name="now">The time now.</param>
    public bool MayStandIn(DateTimeOffset now) => Phase switch
    {
        JobPhase.Queued or JobPhase.Running or JobPhase.Waiting => Spec.Reuse != JobReuse.None,
        JobPhase.Completed => Spec.Reuse == JobReuse.Result && !(ExpiresAt <= now),
        _ => false,
    };

    /// <summary>A job as it is first written: queued, or held back until its time, or until somebody starts it.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="spec">What is asked for.</param>
    /// <param name="now">The time now.</param>
    public static Job Queued(JobId id, JobSpec spec, DateTimeOffset now)
    {
        var due = spec.RunAt is { } at && at > now ? at : now;
        return new()
        {
            Id = id, Spec = spec, CreatedAt = now, ScheduledAt = due, LastActivityAt = now,
            Holds = (due > now ? JobHolds.Future : JobHolds.None) | (spec.Held ? JobHolds.Start : JobHolds.None),
        };
    }

    /// <summary>A job that is already under way when it is first written: started directly, or promoted.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="spec">What is asked for.</param>
    /// <param name="runner">The runner that holds it.</param>
    /// <param name="createdAt">When it was asked for.</param>
    /// <param name="startedAt">When its work started.</param>
    public static Job Running(JobId id, JobSpec spec, RunnerId runner, DateTimeOffset createdAt, DateTimeOffset startedAt) => new()
    {
        Id = id, Spec = spec, Phase = JobPhase.Running, Attempt = 1, Runner = runner,
        CreatedAt = createdAt, ScheduledAt = createdAt, StartedAt = startedAt, LastActivityAt = startedAt,
    };

    /// <summary>The place in the order of starts of a job that is due then and has this priority.</summary>
    /// <param name="due">Not before this moment.</param>
    /// <param name="priority">From -10 to 10.</param>
    public static long RankOf(DateTimeOffset due, int priority) => due.ToUnixTimeMilliseconds() - (priority * 60_000L);
}

/// <summary>Why a queued job is not in the line of those that could start now.</summary>
[Flags]
public enum JobHolds
{
    /// <summary>Nothing: it waits for its place in line.</summary>
    None = 0,

    /// <summary>Its time has not come.</summary>
    Future = 1,

    /// <summary>Another job of its session is before it.</summary>
    Session = 2,

    /// <summary>A job that it starts after has not ended.</summary>
    Parents = 4,

    /// <summary>A cap that it stands under is full: it waits in the line of that cap.</summary>
    Cap = 8,

    /// <summary>It waits until somebody starts it: <see cref="JobSpec.Held"/>, <see cref="IJobClient.StartAsync"/>.</summary>
    Start = 16,
}
