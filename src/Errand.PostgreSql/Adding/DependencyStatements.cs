using Npgsql;

namespace Errand.PostgreSql;

/// <summary>The statements about jobs that start after others.</summary>
internal sealed class DependencyStatements(string schema)
{
    // A release forgets ends whose dependents have all been told; nobody may add one to such an end meanwhile.
    private string Hash => $"hashtextextended('errand release {schema}', 0)";

    /// <summary>For those who add dependents, and go on side by side.</summary>
    public NpgsqlBatchCommand LockForAdding() => Statements.New($"SELECT pg_advisory_xact_lock_shared({Hash})");

    /// <summary>For whoever tells dependents.</summary>
    public NpgsqlBatchCommand LockForReleasing() => Statements.New($"SELECT pg_advisory_xact_lock({Hash})");

    /// <summary>Answers with those of these jobs that are there, and their phases, which stay until the end of the transaction.</summary>
    public NpgsqlBatchCommand LockParents(IEnumerable<JobId> ids) => Statements.New($"""
        SELECT id, phase FROM {schema}.job WHERE id = ANY($1) ORDER BY id FOR SHARE
        """, Parameters.Ids(ids));

    public NpgsqlBatchCommand Insert(IReadOnlyCollection<DependencyRow> rows) => Statements.New($"""
        INSERT INTO {schema}.dependency (parent, child, line, any_end, told)
        SELECT parent, child, line, any_end <> 0, told <> 0 FROM unnest($1, $2, $3, $4, $5) AS given (parent, child, line, any_end, told)
        """,
        Parameters.Ids(rows.Select(row => row.Parent)), Parameters.Ids(rows.Select(row => row.Child)),
        Parameters.Integers(rows.Select(row => row.Line)), Parameters.Integers(rows.Select(row => row.OnAnyEnd ? 1 : 0)),
        Parameters.Integers(rows.Select(row => row.Told ? 1 : 0)));

    /// <summary>Enters jobs that have ended, so that their dependents are told.</summary>
    public NpgsqlBatchCommand Enter(IEnumerable<JobId> parents) => Statements.New($"""
        INSERT INTO {schema}.release (parent) SELECT parent FROM unnest($1) AS given (parent) ON CONFLICT DO NOTHING
        """, Parameters.Ids(parents));

    /// <summary>Enters those of these jobs that have ended and have dependents to tell. Answers with them.</summary>
    public string EnterEnded(string which) => $"""
        INSERT INTO {schema}.release (parent) SELECT id FROM {schema}.job
        WHERE {which} AND phase >= {Statements.Ended} AND EXISTS (SELECT FROM {schema}.dependency WHERE parent = job.id AND NOT told)
        ON CONFLICT DO NOTHING RETURNING parent
        """;

    /// <summary>
    /// Looks at the first dependents that are to be told; those that any end will do for come first, since others may stay until they are ended by
    /// whoever asked. Answers with a row for each whose condition is not met (job, parent, its phase), with
    /// one for each that has nothing more to wait for (job, none, phase, version, holds), and with an empty one if there are more to look at.
    /// </summary>
    public NpgsqlBatchCommand Tell(int limit) => Statements.New($"""
        WITH heads AS MATERIALIZED (
            SELECT d.* FROM (SELECT parent FROM {schema}.release ORDER BY seq) AS r CROSS JOIN LATERAL (
                SELECT ctid AS row, parent, child, any_end FROM {schema}.dependency WHERE parent = r.parent AND NOT told
                ORDER BY any_end DESC, child, line LIMIT $1 + 1) AS d
            LIMIT $1 + 1),
        line AS MATERIALIZED (
            SELECT row_number() OVER () AS place, h.*,
                (SELECT phase FROM {schema}.job WHERE id = h.parent) AS phase, (SELECT phase FROM {schema}.job WHERE id = h.child) AS child_phase
            FROM heads h),
        looked AS MATERIALIZED (
            SELECT *, any_end OR phase = {Statements.Ended} AS met, child_phase < {Statements.Ended} AS live FROM line WHERE place <= $1),
        told AS (
            UPDATE {schema}.dependency SET told = true WHERE ctid = ANY(ARRAY(SELECT row FROM looked WHERE met OR NOT live)) RETURNING child),
        lowered AS (
            UPDATE {schema}.job SET pending = pending - t.parents,
                holds = CASE WHEN pending = t.parents THEN holds & ~{Statements.Parents} ELSE holds END
            FROM (SELECT child, count(*)::integer AS parents FROM told GROUP BY child) AS t
            WHERE id = ANY(ARRAY(SELECT child FROM told)) AND id = t.child AND phase < {Statements.Ended}
            RETURNING id, version, phase, holds, pending)
        SELECT child, parent, phase, 0::bigint, 0::smallint FROM looked WHERE live AND NOT met
        UNION ALL SELECT id, NULL, phase, version, holds FROM lowered WHERE pending = 0
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL FROM line WHERE place > $1
        """, Parameters.Integer(limit));

    /// <summary>Forgets the ends of which all who start after them know, among those that were looked at.</summary>
    public NpgsqlBatchCommand Forget(int limit) => Statements.New($"""
        DELETE FROM {schema}.release r WHERE parent = ANY(ARRAY(SELECT parent FROM {schema}.release ORDER BY seq LIMIT $1 + 1)) AND NOT EXISTS (
            SELECT FROM {schema}.dependency d WHERE d.parent = r.parent AND NOT d.told OFFSET 0)
        """, Parameters.Integer(limit));
}
