using Npgsql;

namespace Errand.PostgreSql;

/// <summary>The statements about caps. Their rows are locked before those of jobs, and in the order of their names.</summary>
internal sealed class CapStatements(string schema)
{
    private const string Waiters = "phase = 0 AND holds = 8 AND waits_for";

    /// <summary>Locks the rows of caps, which are made where there are none yet. Answers with them.</summary>
    public NpgsqlBatchCommand Ensure(IEnumerable<string> names) => Statements.New($"""
        INSERT INTO {schema}.cap (name) SELECT name FROM unnest($1) AS asked (name) ORDER BY name
        ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING {CapRow.Columns}
        """, Parameters.Texts(names));

    /// <summary>Locks the rows of caps that jobs stand under, so that they are there. Answers with them.</summary>
    public NpgsqlBatchCommand Lock(IEnumerable<string> names) => Statements.New($"""
        SELECT {CapRow.Columns} FROM {schema}.cap WHERE name = ANY($1) ORDER BY name FOR UPDATE
        """, Parameters.Texts(names));

    /// <summary>Answers with the names of those in whose line somebody stands.</summary>
    public NpgsqlBatchCommand WaitedFor(IEnumerable<string> names) => Statements.New($"""
        SELECT name FROM {schema}.cap WHERE name = ANY($1) AND waited AND EXISTS (SELECT FROM {schema}.job WHERE {Waiters} = cap.name)
        """, Parameters.Texts(names));

    /// <summary>Writes what was counted in rows that are locked, and who stands in their lines after all that was written before.</summary>
    public NpgsqlBatchCommand Write(IReadOnlyCollection<CapRow> caps) => Statements.New($"""
        UPDATE {schema}.cap SET max_running = given.max_running, max_queued = given.max_queued,
            rate_count = given.rate_count, rate_period = given.rate_period, rate_burst = given.rate_burst,
            free_at = given.free_at, running = given.running, queued = given.queued,
            waited = EXISTS (SELECT FROM {schema}.job WHERE {Waiters} = cap.name)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS given (name, max_running, max_queued, rate_count, rate_period, rate_burst, free_at, running, queued)
        WHERE cap.name = given.name
        """,
        Parameters.Texts(caps.Select(cap => cap.Name)),
        Parameters.Numbers(caps.Select(cap => (long?)cap.Size.Running)),
        Parameters.Numbers(caps.Select(cap => (long?)cap.Size.Queued)),
        Parameters.Numbers(caps.Select(cap => (long?)cap.Size.Rate?.Count)),
        Parameters.Numbers(caps.Select(cap => cap.Size.Rate?.Period.Ticks)),
        Parameters.Numbers(caps.Select(cap => (long?)cap.Size.Rate?.Burst)),
        Parameters.Numbers(caps.Select(cap => (long?)cap.FreeAt.UtcTicks)),
        Parameters.Integers(caps.Select(cap => cap.Running)),
        Parameters.Integers(caps.Select(cap => cap.Queued)));

    /// <summary>Puts jobs into the lines of caps.</summary>
    public NpgsqlBatchCommand HoldAt(IReadOnlyCollection<(JobId Job, string Cap)> moves) => Statements.New($"""
        UPDATE {schema}.job SET holds = 8, waits_for = moved.cap FROM unnest($1, $2) AS moved (id, cap) WHERE job.id = moved.id
        """, Parameters.Ids(moves.Select(move => move.Job)), Parameters.Texts(moves.Select(move => move.Cap)));

    /// <summary>Answers with caps, and with how many stand in the line of each.</summary>
    public NpgsqlBatchCommand List(string prefix, string? after, int limit) => Statements.New($"""
        SELECT {CapRow.Columns}, (SELECT count(*) FROM {schema}.job WHERE {Waiters} = cap.name)
        FROM {schema}.cap WHERE running + queued > 0 AND name >= $1 AND starts_with(name, $1) AND ($2 IS NULL OR name > $2)
        ORDER BY name LIMIT $3
        """, Parameters.Text(prefix), Parameters.Text(after), Parameters.Integer(Math.Max(limit, 0)));

    /// <summary>Removes the rows of caps that no job stands under; one with a rate must be remembered.</summary>
    public NpgsqlBatchCommand ForgetIdle() => Statements.New($"""
        DELETE FROM {schema}.cap WHERE name = ANY(ARRAY(
            SELECT name FROM {schema}.cap WHERE running = 0 AND queued = 0 AND rate_count IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED))
        """);

    /// <summary>When the first of the open caps that are waited for lets the next one start, in ticks.</summary>
    public string NextFree(string now) => $"""
        (SELECT min(free_at) FROM {schema}.cap WHERE open AND rate_count IS NOT NULL AND free_at > {now}
            AND EXISTS (SELECT FROM {schema}.job WHERE {Waiters} = cap.name))
        """;

    /// <summary>The caps that let somebody start.</summary>
    public string Open(string now) =>
        $"SELECT name, max_running - running AS room FROM {schema}.cap WHERE open AND (rate_count IS NULL OR free_at <= {now})";

    /// <summary>Whether anybody of these kinds may start from the line of a cap.</summary>
    public string AnyToStart(string kinds, string now) => $"""
        EXISTS (SELECT FROM ({Open(now)}) AS cap CROSS JOIN {kinds} WHERE EXISTS (
            SELECT FROM {schema}.job j WHERE {Waiters} = cap.name AND j.kind = asked.kind))
        """;

    /// <summary>The first in the lines of open caps: of each as many as it may let start, and which of them is the last of so many.</summary>
    public string Heads(string kinds, string count, string now) => $"""
        SELECT head.* FROM ({Open(now)}) AS cap CROSS JOIN {kinds} CROSS JOIN LATERAL (
            SELECT id, rank, seq, caps, row_number() OVER (ORDER BY rank, seq) = LEAST({count}, cap.room) AS is_last
            FROM {schema}.job j WHERE {Waiters} = cap.name AND j.kind = asked.kind
            ORDER BY rank, seq LIMIT LEAST({count}, cap.room)) AS head
        """;

    /// <summary>Counts what jobs that were just written take of their caps, and answers whether one of them may let somebody start now.</summary>
    public string Count(string written) => $"""
        UPDATE {schema}.cap SET running = cap.running + moved.running, queued = cap.queued + moved.queued,
            waited = waited AND EXISTS (SELECT FROM {schema}.job WHERE {Waiters} = cap.name)
        FROM (
            SELECT name, sum(running)::integer AS running, sum(queued)::integer AS queued FROM {written}, unnest(caps) AS name GROUP BY name
        ) AS moved
        WHERE cap.name = moved.name RETURNING open
        """;
}
