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
    public string EnterEnded(string ids) => $"""
        INSERT INTO {schema}.release (parent) SELECT id FROM {schema}.job
        WHERE id = ANY({ids}) AND phase >= {Statements.Ended} AND EXISTS (SELECT FROM {schema}.dependency WHERE parent = job.id AND NOT told)
        ON CONFLICT DO NOTHING RETURNING parent
        """;

    /// <summary>
    /// Looks at the first dependents that are to be told. Answers with a row for each whose condition is not met (job, parent, its phase), with
    /// one for each that has nothing more to wait for (job, none, phase, version, holds), and with an empty one if there are more to look at.
    /// </summary>
    public NpgsqlBatchCommand Tell(int limit) => Statements.New($"""
        WITH line AS MATERIALIZED (
            SELECT d.parent, d.child, d.line, p.phase, d.any_end OR p.phase = {Statements.Ended} AS met, c.phase < {Statements.Ended} AS live,
                row_number() OVER (ORDER BY r.seq, d.child, d.line) AS place
            FROM {schema}.release r JOIN {schema}.job p ON p.id = r.parent
            CROSS JOIN LATERAL (
                SELECT * FROM {schema}.dependency WHERE parent = r.parent AND NOT told ORDER BY parent, child, line LIMIT $1 + 1) AS d
            JOIN {schema}.job c ON c.id = d.child
            ORDER BY r.seq, d.child, d.line LIMIT $1 + 1),
        looked AS (SELECT * FROM line WHERE place <= $1),
        told AS (
            UPDATE {schema}.dependency d SET told = true FROM looked l
            WHERE d.parent = l.parent AND d.child = l.child AND d.line = l.line AND (l.met OR NOT l.live) RETURNING d.child),
        lowered AS (
            UPDATE {schema}.job SET pending = pending - t.parents, holds = CASE WHEN pending = t.parents THEN holds & ~{Statements.Parents} ELSE holds END
            FROM (SELECT child, count(*)::integer AS parents FROM told GROUP BY child) AS t
            WHERE job.id = t.child AND phase < {Statements.Ended} RETURNING id, version, phase, holds, pending)
        SELECT child, parent, phase, 0::bigint, 0::smallint FROM looked WHERE live AND NOT met
        UNION ALL SELECT id, NULL, phase, version, holds FROM lowered WHERE pending = 0
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL FROM line WHERE place > $1
        """, Parameters.Integer(limit));

    /// <summary>Forgets the ends of which all who start after them know.</summary>
    public NpgsqlBatchCommand Forget() => Statements.New($"""
        DELETE FROM {schema}.release r WHERE NOT EXISTS (SELECT FROM {schema}.dependency d WHERE d.parent = r.parent AND NOT d.told)
        """);
}
