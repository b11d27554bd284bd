namespace Errand.PostgreSql.Schema;

/// <summary>
/// How the tables came to be, step by step. A step that was released never changes. <c>{schema}</c> stands for the schema's name.
/// </summary>
internal static class Migrations
{
    /// <summary>The schema that this version of Errand writes.</summary>
    public static int Current => Steps.Length;

    /// <summary>The schema that a reader must know at the least to read what this version writes. A step that only adds leaves it alone.</summary>
    public const int MinReader = 1;

    /// <summary>The steps; step <c>n</c> leads from schema <c>n</c> to schema <c>n + 1</c>.</summary>
    public static string[] Steps { get; } = [First];

    // Times are milliseconds since 1970, as everywhere in Errand: nothing is rounded, no time zone has a say, and ranks are sums of them.
    // JSON is kept as bytes: json and jsonb would refuse \u0000, and jsonb would sort the keys. Ids compare byte by byte, as in JobId.
    private static string First => $$"""
        CREATE TABLE {schema}.jobs (
            id text COLLATE "C" PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            version bigint NOT NULL,
            phase smallint NOT NULL,
            holds smallint NOT NULL,
            rank bigint NOT NULL,
            attempt integer NOT NULL,
            runner text COLLATE "C",
            created_at bigint NOT NULL,
            scheduled_at bigint NOT NULL,
            started_at bigint,
            promoted_at bigint,
            finished_at bigint,
            last_activity_at bigint NOT NULL,
            kind text COLLATE "C" NOT NULL,
            owner text COLLATE "C" NOT NULL,
            agent text COLLATE "C",
            session text COLLATE "C",
            key text COLLATE "C",
            parent text COLLATE "C",
            retry_of text COLLATE "C",
            priority smallint NOT NULL,
            run_at bigint,
            title text COLLATE "C",
            tags text[] COLLATE "C" NOT NULL,
            search text COLLATE "C" NOT NULL,
            trace_parent text COLLATE "C",
            input bytea,
            metadata bytea,
            limits bytea,
            retry bytea,
            progress bytea,
            cancel_request bytea,
            checkpoint bytea,
            inputs bytea,
            outcome bytea,
            result bytea
        ) WITH (fillfactor = 85);

        CREATE UNIQUE INDEX jobs_key ON {schema}.jobs (owner, key) WHERE key IS NOT NULL;
        CREATE INDEX jobs_ready ON {schema}.jobs (rank, seq) WHERE phase = {{Queued}} AND holds = 0;
        CREATE INDEX jobs_future ON {schema}.jobs (scheduled_at) WHERE phase = {{Queued}} AND holds & {{Future}} <> 0;
        CREATE INDEX jobs_held ON {schema}.jobs (runner) WHERE phase > {{Queued}} AND phase < {{Ended}};
        CREATE INDEX jobs_session_line ON {schema}.jobs (owner, session, seq) WHERE session IS NOT NULL AND phase < {{Ended}};
        CREATE INDEX jobs_live ON {schema}.jobs (id) WHERE phase < {{Ended}};
        CREATE INDEX jobs_failed ON {schema}.jobs (id) WHERE phase = {{Failed}};
        CREATE INDEX jobs_finished ON {schema}.jobs (finished_at) WHERE finished_at IS NOT NULL;
        CREATE INDEX jobs_owner ON {schema}.jobs (owner, id);
        CREATE INDEX jobs_agent ON {schema}.jobs (agent, id) WHERE agent IS NOT NULL;
        CREATE INDEX jobs_session ON {schema}.jobs (session, id) WHERE session IS NOT NULL;
        CREATE INDEX jobs_parent ON {schema}.jobs (parent, id) WHERE parent IS NOT NULL;
        CREATE INDEX jobs_tags ON {schema}.jobs USING gin (tags) WHERE tags <> '{}';

        CREATE TABLE {schema}.history (
            job text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            line smallint NOT NULL,
            at bigint NOT NULL,
            name text COLLATE "C" NOT NULL,
            actor text COLLATE "C",
            detail text COLLATE "C",
            attempt integer NOT NULL,
            PRIMARY KEY (job, version, line)
        );

        CREATE TABLE {schema}.changes (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            seq bigint GENERATED ALWAYS AS IDENTITY,
            job text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (xid, seq)
        );

        CREATE TABLE {schema}.runners (
            id text COLLATE "C" PRIMARY KEY,
            beat bigint NOT NULL,
            boot_id text COLLATE "C",
            process_id integer,
            start_time bigint,
            lapsed_at bigint
        ) WITH (fillfactor = 50);
        CREATE INDEX runners_lapsed ON {schema}.runners (id) WHERE lapsed_at IS NOT NULL;

        CREATE TABLE {schema}.records (
            name text COLLATE "C" PRIMARY KEY,
            version bigint NOT NULL,
            value bytea NOT NULL
        );
        """;

    private static string Queued => Number(JobPhase.Queued);

    private static string Ended => Number(JobPhase.Completed);

    private static string Failed => Number(JobPhase.Failed);

    private static string Future => Number(JobHolds.Future);

    private static string Number(Enum value) => value.ToString("d");
}
