namespace Errand.Storage;

/// <summary>What became of a job that was to be added.</summary>
/// <param name="Added">Whether it was added now.</param>
/// <param name="Job">The job as it is in the store: the added one, or the one that was there; where the add was refused, as it was given.</param>
/// <param name="Refusal">Why it was not added, where it is not there either.</param>
public readonly record struct AddResult(bool Added, Job Job, AddRefusal? Refusal = null);

/// <summary>Why jobs were not added.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Name">The cap, the kind or the id in question; the kind is empty where all are meant.</param>
public sealed record AddRefusal(RefusalReason Reason, string Name);

/// <summary>
/// Why a job is not added. What was promoted (<see cref="Job.PromotedAt"/>) is under way and refused for no reason but an unknown parent.
/// </summary>
public enum RefusalReason
{
    /// <summary>Another job of the same add was refused.</summary>
    Others,

    /// <summary>A job that it starts after is not there, and is not added before it by the same add.</summary>
    UnknownParent,

    /// <summary>As many wait under one of its caps as may.</summary>
    CapFull,

    /// <summary>Its kind, or all, are being drained: see <see cref="StoreRecord.Draining"/>.</summary>
    Draining,

    /// <summary>It was to be added as running, but its kind, or all, are paused: see <see cref="StoreRecord.Paused"/>.</summary>
    Paused,
}

/// <summary>A transition for a job.</summary>
/// <param name="Id">The job.</param>
/// <param name="Transition">What is to happen.</param>
public readonly record struct JobWrite(JobId Id, JobTransition Transition);

/// <summary>What became of a transition.</summary>
/// <param name="Status">Whether it was written.</param>
/// <param name="Edge">The edge that was written.</param>
/// <param name="Version">The job's version after the write.</param>
/// <param name="Current">The job as it is, where nothing was written and there is one.</param>
public readonly record struct ApplyResult(ApplyStatus Status, JobEdge? Edge = null, long Version = 0, Job? Current = null);

/// <summary>A runner's wish for work.</summary>
/// <param name="Runner">The runner.</param>
/// <param name="Kinds">The kinds it can run.</param>
/// <param name="Count">How many it can take.</param>
/// <param name="Now">The time now: jobs that are due by then come into line.</param>
public sealed record ClaimRequest(RunnerId Runner, IReadOnlyCollection<string> Kinds, int Count, DateTimeOffset Now);

/// <summary>What a runner was given.</summary>
/// <param name="Started">Jobs that were in line; a new attempt has begun.</param>
/// <param name="Adopted">Jobs that a lapsed runner held; the attempt is the one it was in.</param>
/// <param name="NextDue">When the next job of a later time comes into line, or a rate lets the next one start.</param>
public sealed record ClaimResult(IReadOnlyList<Job> Started, IReadOnlyList<Job> Adopted, DateTimeOffset? NextDue);

/// <summary>A sign of life of a runner.</summary>
/// <param name="Runner">The runner.</param>
/// <param name="Beat">Rises with each beat.</param>
/// <param name="Process">The process it lives in, so that others on its host can see that it is gone.</param>
public sealed record RunnerBeat(RunnerId Runner, long Beat, ProcessIdentity? Process);

/// <summary>What a runner should know.</summary>
/// <param name="Lapsed">Whether it was declared lapsed: it must stop all it holds and come back under a new name.</param>
/// <param name="Held">
/// Every job it holds: those asked to end are to be stopped, and one it does not know of was claimed by a call whose answer was lost.
/// </param>
/// <param name="Others">The last beat of every other runner that has not lapsed.</param>
public sealed record HeartbeatResult(bool Lapsed, IReadOnlyList<HeldJob> Held, IReadOnlyList<RunnerBeat> Others);

/// <summary>A job that a runner holds.</summary>
/// <param name="Id">The job.</param>
/// <param name="Attempt">The attempt under way.</param>
/// <param name="Phase">Its place in the state machine.</param>
public readonly record struct HeldJob(JobId Id, int Attempt, JobPhase Phase);

/// <summary>Something that may be worth a look.</summary>
/// <param name="Job">The job that was written.</param>
/// <param name="Version">The version it has now; 0 where that is not known.</param>
/// <param name="Ready">Whether a job may have come into line.</param>
/// <param name="Releases">Whether there is something to do for <see cref="IJobStore.ReleaseAsync"/>. Other processes need not be told.</param>
public readonly record struct JobHint(JobId Job, long Version, bool Ready, bool Releases = false);

/// <summary>What has changed.</summary>
/// <param name="Items">The jobs, oldest change first; one may stand there more than once.</param>
/// <param name="Next">The cursor to ask with next time.</param>
/// <param name="Resync">Whether the cursor was too old: read everything anew and go on from <paramref name="Next"/>.</param>
public sealed record ChangePage(IReadOnlyList<JobChanged> Items, string Next, bool Resync);

/// <summary>A job that has changed.</summary>
/// <param name="Job">The job.</param>
/// <param name="Version">The version that the change gave it.</param>
public readonly record struct JobChanged(JobId Job, long Version);

/// <summary>What was done for dependents.</summary>
/// <param name="Unmet">Dependents whose condition is not met: to be ended.</param>
/// <param name="More">Whether there is more to do.</param>
public sealed record ReleaseResult(IReadOnlyList<UnmetDependency> Unmet, bool More);

/// <summary>A job that waits for what will never be.</summary>
/// <param name="Job">The job that waits.</param>
/// <param name="Parent">The job that ended otherwise.</param>
/// <param name="ParentPhase">How it ended.</param>
public readonly record struct UnmetDependency(JobId Job, JobId Parent, JobPhase ParentPhase);

/// <summary>When things happened to a job that has ended.</summary>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="ScheduledAt">Not before this moment.</param>
/// <param name="StartedAt">When its last attempt started.</param>
/// <param name="FinishedAt">When it ended.</param>
public readonly record struct JobTimes(DateTimeOffset CreatedAt, DateTimeOffset ScheduledAt, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt);

/// <summary>A named record.</summary>
/// <param name="Version">Rises by one with every write, from 1.</param>
/// <param name="Value">What it holds.</param>
public sealed record StoreRecord(long Version, JobData Value)
{
    /// <summary>
    /// A record of this name and a kind: jobs of that kind are not started while it is there; with nothing after it, none of any kind.
    /// </summary>
    public const string Paused = "paused/";

    /// <summary>
    /// A record of this name and a kind: no more jobs of that kind are added while it is there; with nothing after it, none of any kind.
    /// </summary>
    public const string Draining = "draining/";
}

/// <summary>A record with its name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Record">The record.</param>
public sealed record NamedRecord(string Name, StoreRecord Record);
