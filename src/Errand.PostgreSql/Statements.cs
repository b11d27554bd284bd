using System.Globalization;
using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>The statements whose text is always the same. Those that depend on a transition or a query are built next door.</summary>
internal sealed class Statements(string schema)
{
    public static readonly string Queued = Number((int)JobPhase.Queued);
    public static readonly string Ended = Number((int)JobPhase.Completed);
    public static readonly string Future = Number((int)JobHolds.Future);
    public static readonly string Session = Number((int)JobHolds.Session);
    public static readonly string Parents = Number((int)JobHolds.Parents);
    public static readonly string Cap = Number((int)JobHolds.Cap);
    public static readonly string Start = Number((int)JobHolds.Start);

    /// <summary>The hold that a job of a session gets when it is queued; <see cref="LetNextOfSessionsIn"/> takes it from the first of them.</summary>
    public static readonly string SessionHold = $"CASE WHEN session IS NULL THEN 0 ELSE {Session} END";

    public string Schema => schema;

    public CapStatements Caps { get; } = new(schema);

    public DependencyStatements Dependencies { get; } = new(schema);

    public string Channel => $"errand_{schema}";

    /// <summary>Two sessions with the same hash only wait for each other; that is no harm.</summary>
    private string SessionHash => $"hashtextextended(owner || chr(31) || session, hashtextextended('errand {schema}', 0))";

    public NpgsqlBatchCommand Find(IEnumerable<JobId> ids) =>
        New($"SELECT {JobRow.Columns} FROM {schema}.job WHERE id = ANY($1)", Parameters.Ids(ids));

    /// <summary>Answers with the place of the job that was asked for, from 1, and the job that has its key.</summary>
    public NpgsqlBatchCommand FindByKey(IReadOnlyList<Job> jobs) => New($"""
        SELECT asked.place, {JobRow.ColumnsOf("j.")} FROM unnest($1, $2) WITH ORDINALITY AS asked (owner, key, place)
        JOIN {schema}.job j ON j.owner = asked.owner AND j.key = asked.key
        """, Parameters.Texts(jobs.Select(job => job.Owner)), Parameters.Texts(jobs.Select(job => job.Spec.Key)));

    /// <summary>Answers with the place of the job that was asked for, from 1, and the job that may stand in for it, or is in the way of it.</summary>
    public NpgsqlBatchCommand FindByFingerprint(IReadOnlyList<Job> jobs) => New($"""
        SELECT asked.place, {JobRow.ColumnsOf("j.")} FROM unnest($1, $2) WITH ORDINALITY AS asked (owner, fingerprint, place)
        JOIN {schema}.job j ON j.owner = asked.owner AND j.fingerprint = asked.fingerprint AND {StandsIn}
        """,
        Parameters.Texts(jobs.Select(job => job.Owner)),
        Parameters.Texts(jobs.Select(job => job.Spec.Reuse == JobReuse.None ? null : job.Spec.Fingerprint)));

    /// <summary>Takes jobs out of the way of those that were to be answered with their results.</summary>
    public NpgsqlBatchCommand StandInNoMore(IEnumerable<JobId> ids) => New($"""
        UPDATE {schema}.job SET stands_in = false WHERE id = ANY($1) AND stands_in AND phase = {Ended}
        """, Parameters.Ids(ids));

    /// <summary>Answers with those sessions that have live jobs.</summary>
    public NpgsqlBatchCommand BusySessions(IReadOnlyCollection<(string Owner, string Session)> sessions) => New($"""
        SELECT owner, session FROM unnest($1, $2) AS asked (owner, session) WHERE EXISTS (
            SELECT FROM {schema}.job j WHERE j.owner = asked.owner AND j.session = asked.session AND j.session IS NOT NULL AND j.phase < {Ended})
        """, Parameters.Texts(sessions.Select(session => session.Owner)), Parameters.Texts(sessions.Select(session => session.Session)));

    public NpgsqlBatchCommand RecordsNamed(IEnumerable<string> names) =>
        New($"SELECT name FROM {schema}.record WHERE name = ANY($1)", Parameters.Texts(names));

    public NpgsqlBatchCommand ListRecords(string prefix, string? after, int limit) => New($"""
        SELECT name, version, value FROM {schema}.record
        WHERE name >= $1 AND starts_with(name, $1) AND ($2 IS NULL OR name > $2) ORDER BY name LIMIT $3
        """, Parameters.Text(prefix), Parameters.Text(after), Parameters.Integer(Math.Max(limit, 0)));

    // The phase is said in figures, so that the planner sees that the index has all that is asked for. Ordered by id, it would read the jobs of
    // all kinds for those of a rare one.
    public NpgsqlBatchCommand Recent(string kind, JobPhase phase, int limit) => New($"""
        SELECT created_at, scheduled_at, started_at, finished_at FROM {schema}.job
        WHERE kind = $1 AND phase = {Number((int)phase)} ORDER BY created_at DESC LIMIT $2
        """, Parameters.Text(kind), Parameters.Integer(Math.Max(limit, 0)));

    public NpgsqlBatchCommand History(JobId id) => New($"""
        SELECT at, name, by, detail, attempt FROM {schema}.history WHERE job = $1 ORDER BY version, line
        """, Parameters.Id(id));

    /// <summary>Counts the lines of all kinds up to the job, stepping from kind to kind in the index: nobody keeps a list of them.</summary>
    public NpgsqlBatchCommand Place(JobId id, int limit) => New($"""
        WITH RECURSIVE found AS (SELECT rank, seq, holds, waits_for FROM {schema}.job WHERE id = $1 AND phase = {Queued}),
        asked AS (SELECT rank, seq FROM found WHERE holds = 0),
        kinds AS (
            SELECT min(kind) AS kind FROM {schema}.job WHERE phase = {Queued} AND holds = 0
            UNION ALL
            SELECT (SELECT min(kind) FROM {schema}.job WHERE phase = {Queued} AND holds = 0 AND kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)
        SELECT (SELECT count(*) FROM (
            SELECT FROM kinds CROSS JOIN LATERAL (
                SELECT FROM {schema}.job j WHERE phase = {Queued} AND holds = 0 AND j.kind = kinds.kind AND (rank, seq) < (asked.rank, asked.seq)
                ORDER BY rank, seq LIMIT $2) AS line
            LIMIT $2) AS before)
        FROM asked
        UNION ALL SELECT (SELECT count(*) FROM (
            SELECT FROM {schema}.job j WHERE phase = 0 AND holds = 8 AND j.waits_for = found.waits_for AND (rank, seq) < (found.rank, found.seq)
            LIMIT $2) AS before)
        FROM found WHERE holds = {Cap}
        """, Parameters.Id(id), Parameters.Integer(Math.Max(limit, 0)));

    // Whoever adds to a session or ends a job of it holds its lock, so that they see each other's jobs. Locks are taken in one order.
    public NpgsqlBatchCommand LockSessions(IEnumerable<(string Owner, string Session)> sessions) => New($"""
        SELECT pg_advisory_xact_lock(hash) FROM (
            SELECT DISTINCT {SessionHash} AS hash FROM unnest($1, $2) AS asked (owner, session) ORDER BY hash) AS locks
        """, Parameters.Texts(sessions.Select(session => session.Owner)), Parameters.Texts(sessions.Select(session => session.Session)));

    /// <summary>Locks the sessions and then the caps of jobs, which have the same ones for all their life.</summary>
    public NpgsqlBatchCommand LockSessionsAndCapsOf(IEnumerable<JobId> ids) => New($"""
        WITH touched AS MATERIALIZED (
            SELECT owner, session, caps FROM {schema}.job WHERE id = ANY($1) AND (session IS NOT NULL OR caps IS NOT NULL))
        SELECT
            (SELECT count(*) FROM (SELECT pg_advisory_xact_lock(hash) FROM (
                SELECT DISTINCT {SessionHash} AS hash FROM touched WHERE session IS NOT NULL ORDER BY hash) AS hashes) AS sessions),
            (SELECT count(*) FROM (SELECT name FROM {schema}.cap WHERE name = ANY(ARRAY(SELECT unnest(caps) FROM touched))
                ORDER BY name FOR UPDATE) AS locks)
        """, Parameters.Ids(ids));

    /// <summary>
    /// Lets the first live job of each of these jobs' sessions into line, and enters those that have ended and have dependents. Answers which
    /// ones those were, as hints: first whether there is something to release.
    /// </summary>
    public NpgsqlBatchCommand LetNextIn(IReadOnlyList<JobId> ids)
    {
        var (which, value) = Among(ids);
        return New($"""
            WITH entered AS ({Dependencies.EnterEnded(which)}), let_in AS ({LetNextOfSessions(which)})
            SELECT false, id, version, phase, holds FROM let_in UNION ALL SELECT true, parent, 0, 0::smallint, 0::smallint FROM entered
            """, value);
    }

    /// <summary>Lets the first live job of each of these jobs' sessions into line. Answers which ones those were, as hints.</summary>
    public NpgsqlBatchCommand LetNextOfSessionsIn(IReadOnlyList<JobId> ids)
    {
        var (which, value) = Among(ids);
        return New(LetNextOfSessions(which), value);
    }

    // The planner takes an array for longer than one id, finds the plan for any array dear, and would plan anew with every single write.
    private static (string Which, NpgsqlParameter Value) Among(IReadOnlyList<JobId> ids) =>
        ids.Count == 1 ? ("id = $1", Parameters.Id(ids[0])) : ("id = ANY($1)", Parameters.Ids(ids));

    private string LetNextOfSessions(string which) => $"""
        WITH touched AS (SELECT DISTINCT owner, session FROM {schema}.job WHERE {which} AND session IS NOT NULL),
        next AS (
            SELECT first.id FROM touched CROSS JOIN LATERAL (
                SELECT id, phase, holds FROM {schema}.job j
                WHERE j.owner = touched.owner AND j.session = touched.session AND j.phase < {Ended} ORDER BY seq LIMIT 1) AS first
            WHERE first.phase = {Queued} AND first.holds & {Session} <> 0)
        UPDATE {schema}.job SET holds = holds & ~{Session} FROM next WHERE job.id = next.id RETURNING job.id, job.version, job.phase, job.holds
        """;

    /// <summary>Lets jobs into line whose time has come. Answers which ones those were, as hints.</summary>
    public NpgsqlBatchCommand LetDueIn(DateTimeOffset now) => New($"""
        UPDATE {schema}.job SET holds = holds & ~{Future} WHERE id = ANY(ARRAY(
            SELECT id FROM {schema}.job WHERE phase = {Queued} AND holds & {Future} <> 0 AND scheduled_at <= $1
            ORDER BY scheduled_at LIMIT 1000 FOR UPDATE SKIP LOCKED))
        RETURNING id, version, phase, holds
        """, Parameters.Time(now));

    /// <summary>Answers when the next job of a later time is due, and when the rate of a cap that is waited for lets the next one start.</summary>
    public NpgsqlBatchCommand NextDue(DateTimeOffset now) => New($"""
        SELECT min(scheduled_at), {Caps.NextFree("$1")} FROM {schema}.job WHERE phase = {Queued} AND holds & {Future} <> 0
        """, Parameters.Ticks(now));

    /// <summary>Jobs that lapsed runners hold, for a runner that has not lapsed itself.</summary>
    public NpgsqlBatchCommand Orphans(RunnerId runner, IEnumerable<string> kinds, int count) => New($"""
        {OrphansOf("$2")} AND {NotLapsed("$1")} ORDER BY j.rank, j.seq LIMIT $3
        """, Parameters.Text(runner.Text), Parameters.Texts(kinds), Parameters.Integer(count));

    public NpgsqlBatchCommand Beat(RunnerBeat beat) => New($"""
        INSERT INTO {schema}.runner AS r (id, beat, boot_id, process_id, start_time) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
        SET beat = excluded.beat, boot_id = excluded.boot_id, process_id = excluded.process_id, start_time = excluded.start_time
        WHERE NOT r.lapsed RETURNING id
        """,
        Parameters.Text(beat.Runner.Text), Parameters.Number(beat.Beat),
        Parameters.Text(beat.Process?.BootId), Parameters.Integer(beat.Process?.ProcessId), Parameters.Number(beat.Process?.StartTime));

    public NpgsqlBatchCommand HeldBy(RunnerId runner) => New($"""
        SELECT id, attempt, phase FROM {schema}.job WHERE runner = $1 AND phase > {Queued} AND phase < {Ended}
        """, Parameters.Text(runner.Text));

    public NpgsqlBatchCommand OtherRunners(RunnerId runner) => New($"""
        SELECT id, beat, boot_id, process_id, start_time FROM {schema}.runner WHERE NOT lapsed AND id <> $1
        """, Parameters.Text(runner.Text));

    /// <summary>Answers whether the runner lapsed by this, and whether it has lapsed at all.</summary>
    public NpgsqlBatchCommand Lapse(RunnerId runner, long seenBeat) => New($"""
        WITH now AS (UPDATE {schema}.runner SET lapsed = true WHERE id = $1 AND beat = $2 AND NOT lapsed RETURNING id)
        SELECT EXISTS (SELECT FROM now), NOT {NotLapsed("$1")}
        """, Parameters.Text(runner.Text), Parameters.Number(seenBeat));

    public NpgsqlBatchCommand ReadRecord(string name) => New($"SELECT version, value FROM {schema}.record WHERE name = $1", Parameters.Text(name));

    public NpgsqlBatchCommand WriteRecord(string name, long expectedVersion, JobData value) => (expectedVersion, value.IsNone) switch
    {
        (0, true) => New($"SELECT name FROM (VALUES ($1)) AS asked (name) WHERE NOT EXISTS (SELECT FROM {schema}.record r WHERE r.name = asked.name)",
            Parameters.Text(name)),
        (0, false) => New($"INSERT INTO {schema}.record (name, version, value) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING RETURNING name",
            Parameters.Text(name), Parameters.Data(value)),
        (_, true) => New($"DELETE FROM {schema}.record WHERE name = $1 AND version = $2 RETURNING name",
            Parameters.Text(name), Parameters.Number(expectedVersion)),
        (_, false) => New($"UPDATE {schema}.record SET version = version + 1, value = $3 WHERE name = $1 AND version = $2 RETURNING name",
            Parameters.Text(name), Parameters.Number(expectedVersion), Parameters.Data(value)),
    };

    /// <summary>Keeps dependents from being added to ended jobs.</summary>
    public NpgsqlBatchCommand LockEnded(IEnumerable<JobId> ids) => New($"""
        SELECT FROM {schema}.job WHERE id = ANY($1) AND phase >= {Ended} ORDER BY id FOR UPDATE
        """, Parameters.Ids(ids));

    /// <summary>Removes those of these jobs that have ended and that no live one starts after. They are locked, so that it stays so.</summary>
    public NpgsqlBatchCommand Remove(IEnumerable<JobId> ids) => New($"""
        WITH gone AS (
            DELETE FROM {schema}.job WHERE id = ANY($1) AND phase >= {Ended} AND NOT EXISTS (
                SELECT FROM {schema}.dependency d JOIN {schema}.job c ON c.id = d.child WHERE d.parent = job.id AND c.phase < {Ended})
            RETURNING id),
        lines AS (DELETE FROM {schema}.history USING gone WHERE history.job = gone.id),
        before AS (DELETE FROM {schema}.dependency USING gone WHERE dependency.child = gone.id),
        after AS (DELETE FROM {schema}.dependency USING gone WHERE dependency.parent = gone.id),
        untold AS (DELETE FROM {schema}.release USING gone WHERE release.parent = gone.id)
        SELECT count(*) FROM gone
        """, Parameters.Ids(ids));

    public NpgsqlBatchCommand Tell(IEnumerable<string> payloads) => New("SELECT pg_notify($1, payload) FROM unnest($2) AS payload",
        Parameters.Text(Channel), Parameters.Texts(payloads));

    private const string StandsIn = "j.stands_in AND (j.phase IN (0, 1, 3) OR j.phase = 5 AND j.reuse = 2)";

    /// <summary>The kinds that are asked for and are not paused.</summary>
    public string NotPaused(string kinds) => $"""
        (SELECT kind FROM unnest({kinds}) AS given (kind) WHERE NOT ARRAY['', kind] && ARRAY(
            SELECT substr(name, {StoreRecord.Paused.Length + 1}) FROM {schema}.record WHERE name >= 'paused/' AND name < 'paused0')) AS asked
        """;

    /// <summary>The first in the line of the kind that is asked for.</summary>
    public string Heads(string limit) => $"""
        SELECT id, rank, seq, caps FROM {schema}.job j WHERE phase = {Queued} AND holds = 0 AND j.kind = asked.kind ORDER BY rank, seq LIMIT {limit}
        """;

    /// <summary>
    /// The first in all lines that might start, their caps, and whether more may stand in a cap's line behind them, for a runner that has not
    /// lapsed. They are not locked.
    /// </summary>
    public NpgsqlBatchCommand Candidates(ClaimRequest request, int count, int view) => New($"""
        SELECT id, caps, is_last FROM (
            SELECT head.*, false AS is_last FROM {NotPaused("$1")} CROSS JOIN LATERAL ({Heads("$4")}) AS head
            UNION ALL {Caps.Heads(NotPaused("$1"), "$3", "$5")}) AS heads
        WHERE {NotLapsed("$2")} ORDER BY rank, seq LIMIT $4
        """,
        Parameters.Texts(request.Kinds.Distinct()), Parameters.Text(request.Runner.Text), Parameters.Integer(count), Parameters.Integer(view),
        Parameters.Ticks(request.Now));

    /// <summary>Locks those of the candidates that nobody else is taking. The sum says in one figure that a job waits in a line.</summary>
    public NpgsqlBatchCommand LockCandidates(IEnumerable<JobId> ids) => New($"""
        SELECT {JobRow.Columns} FROM {schema}.job WHERE id = ANY($1) AND phase + holds * 8 IN (0, 64) ORDER BY rank, seq FOR UPDATE SKIP LOCKED
        """, Parameters.Ids(ids));

    public string NotLapsed(string runner) => $"NOT EXISTS (SELECT FROM {schema}.runner WHERE id = {runner} AND lapsed)";

    // OFFSET 0 keeps the planner from turning this round: it must begin with the few runners that have lapsed, not with all jobs that are held.
    public string OrphansOf(string kinds) => $"""
        SELECT j.id, j.runner, j.attempt FROM {schema}.runner r CROSS JOIN LATERAL (
            SELECT id, runner, attempt, rank, seq FROM {schema}.job
            WHERE runner = r.id AND phase > {Queued} AND phase < {Ended} AND kind = ANY({kinds}) OFFSET 0) AS j
        WHERE r.lapsed
        """;

    public static NpgsqlBatchCommand New(string text, params IEnumerable<NpgsqlParameter> parameters)
    {
        var statement = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters) statement.Parameters.Add(parameter);
        return statement;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
