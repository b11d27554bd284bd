namespace Errand.Storage;

/// <summary>
/// Where jobs live. A store has no rules of its own: it writes what a transition says where the transition's guard holds, durably and
/// atomically, and answers what became of it. <c>docs/writing-a-store.md</c> tells how to write one; the conformance suite in
/// <c>Errand.Testing</c> tells whether it is right.
/// </summary>
/// <remarks>
/// Every method throws <see cref="StoreUnavailableException"/> when the store cannot be reached or written to; it may then have done its
/// work or not, and every write can safely be repeated. Every write that it acknowledges survives the death of every process.
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>
    /// Whether runners on several hosts may share it, so that work which outlives its runner can be on a host that others do not see into.
    /// </summary>
    bool SpansHosts => false;

    /// <summary>What the store is and what it keeps, for people: "memory", "sqlite /path/errand.db".</summary>
    string Description { get; }

    /// <summary>
    /// Opens the store, brings its schema up to date, or refuses with <see cref="StoreRefusedException"/>. Called once, before anything else.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds jobs, all or none: if one is refused (see <see cref="RefusalReason"/>), none of them is added. A job whose id, or whose owner and
    /// key, is already there is not added again, nor one that another may stand in for (<see cref="JobReuse"/>): the answer is the one that is
    /// there. A queued job is held back where its session (<see cref="JobHolds.Session"/>), the jobs that it starts after
    /// (<see cref="JobHolds.Parents"/>) or a cap (<see cref="JobHolds.Cap"/>) do not let it start, beside what its adder says itself
    /// (<see cref="JobHolds.Future"/>, <see cref="JobHolds.Start"/>).
    /// </summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Gives up waiting; the jobs may have been added.</param>
    /// <returns>One answer for each job, in order.</returns>
    ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default);

    /// <summary>The job with this id, as it is now.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>The events that transitions have added to a job's history, in order.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>One page of the jobs that a query means, ordered by id. A job that is there throughout is on exactly one page.</summary>
    /// <param name="query">The query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>How many jobs a query means in each state; its limit and cursor are not regarded.</summary>
    /// <param name="query">The query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// How many jobs are before this one in the line that it stands in, that of all or that of its cap, counted up to a limit; absent when it
    /// stands in none.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <param name="limit">Where counting ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Applies transitions, each by itself: the first edge that starts from the job's phase is written if the fence and the expected version
    /// hold; the version rises by one. The last write of a job that ends lets the next one of its session into line, gives back what it took of
    /// its caps, and enters it for <see cref="ReleaseAsync"/> where others start after it.
    /// </summary>
    /// <param name="writes">The transitions, applied in order.</param>
    /// <param name="cancellationToken">Gives up waiting; the writes may have happened.</param>
    /// <returns>One answer for each, in order.</returns>
    ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes jobs for a runner: first those that lapsed runners held (<see cref="JobTransition.Adopt"/>), then those in line
    /// (<see cref="JobTransition.Start"/>) by rank and order of arrival, those in the lines of caps that are not full among them. A job that a
    /// cap does not let start is put into that cap's line. No two claims take the same job, a lapsed runner is given none, and none is started of
    /// a kind that is paused (<see cref="StoreRecord.Paused"/>).
    /// </summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="cancellationToken">Gives up waiting; jobs may have been claimed.</param>
    ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells the dependents of jobs that have ended: each whose condition is met has one job fewer to wait for, and comes into line with the
    /// last. Those whose condition is not met are answered, again and again until they have ended.
    /// </summary>
    /// <param name="limit">How many dependents to look at.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>The caps that live jobs stand under, and how far they are used, ordered by name.</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="after">Go on after this name.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The times of the jobs of a kind that were submitted last and have ended in a state, newest first: what statistics are made of.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="state">The state.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default);

    /// <summary>Says that a runner lives, and answers what it should know. The first beat enters the runner.</summary>
    /// <param name="beat">The runner and its count of beats.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default);

    /// <summary>
    /// Declares a runner lapsed if its count of beats is still the one that was seen, so that others may take over what it holds. Its later
    /// beats are refused.
    /// </summary>
    /// <param name="runner">The runner.</param>
    /// <param name="seenBeat">The count that was seen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the runner has lapsed, now or before.</returns>
    ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default);

    /// <summary>What has changed since a cursor, for dashboards; never for waits, claims or cancels.</summary>
    /// <param name="cursor">Where the last answer ended; absent for "from now on".</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads a named record: a schedule, a pause, a key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The named records whose names begin alike, ordered by name.</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="after">Go on after this name.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Writes a named record if it still has the version that was read (0: it must not exist).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedVersion">The version that was read.</param>
    /// <param name="value">The new value; none removes the record.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it was written.</returns>
    ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default);

    /// <summary>Removes ended jobs with their history. A live one is left alone, and one that a live job starts after.</summary>
    /// <param name="ids">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many were removed.</returns>
    ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls back after writes, of this process and where it can of others. Calls are hints: they may be lost, repeated or late, so whoever
    /// waits for something subscribes first, reads then, and reads again now and then. The callback must be quick and must not throw.
    /// </summary>
    /// <param name="hinted">What to call; it may be called on any thread.</param>
    IDisposable Subscribe(Action<JobHint> hinted);
}
