namespace Errand.PostgreSql;

/// <summary>The first schema. A released migration never changes: what comes later is another one.</summary>
internal static class Schema1
{
    // Times are milliseconds since 1970, as everywhere in Errand: no time zone has a say, nothing is rounded on the way, and a rank is a sum of them.
    // JSON is kept as bytes: json and jsonb refuse \u0000, and jsonb sorts keys. Texts compare byte by byte, so that no locale has a say either.
    // Conditions of partial indexes stand in the statements in the same words, or the planner would not see that they hold.
    public const string Sql = """
        CREATE TABLE {schema}.job (
            id text COLLATE "C" PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            kind text COLLATE "C" NOT NULL,
            owner text COLLATE "C" NOT NULL,
            phase smallint NOT NULL,
            version bigint NOT NULL,
            attempt integer NOT NULL,
            holds smallint NOT NULL,
            rank bigint NOT NULL,
            runner text COLLATE "C",
            session text COLLATE "C",
            agent text COLLATE "C",
            parent text COLLATE "C",
            key text COLLATE "C",
            priority smallint NOT NULL,
            created_at bigint NOT NULL,
            scheduled_at bigint NOT NULL,
            started_at bigint,
            promoted_at bigint,
            finished_at bigint,
            last_activity_at bigint NOT NULL,
            title text COLLATE "C",
            search text COLLATE "C" NOT NULL,
            tags text[] COLLATE "C" NOT NULL,
            retry_of text COLLATE "C",
            run_at bigint,
            trace_parent text COLLATE "C",
            metadata bytea,
            limits bytea,
            retry bytea,
            progress bytea,
            cancel bytea,
            outcome bytea,
            inputs bytea,
            input bytea,
            checkpoint bytea,
            result bytea
        ) WITH (fillfactor = 85);
        CREATE UNIQUE INDEX job_by_key ON {schema}.job (owner, key) WHERE key IS NOT NULL;
        CREATE INDEX job_ready ON {schema}.job (kind, rank, seq) WHERE phase = 0 AND holds = 0;
        CREATE INDEX job_future ON {schema}.job (scheduled_at) WHERE phase = 0 AND holds & 1 <> 0;
        CREATE INDEX job_held ON {schema}.job (runner) WHERE phase > 0 AND phase < 5;
        CREATE INDEX job_in_session ON {schema}.job (owner, session, seq) WHERE session IS NOT NULL AND phase < 5;
        CREATE INDEX job_live ON {schema}.job (id) WHERE phase < 5;
        CREATE INDEX job_failed ON {schema}.job (id) WHERE phase = 6;
        CREATE INDEX job_finished ON {schema}.job (finished_at) WHERE finished_at IS NOT NULL;
        CREATE INDEX job_by_owner ON {schema}.job (owner, id) WHERE owner <> 'local';
        CREATE INDEX job_by_agent ON {schema}.job (agent, id) WHERE agent IS NOT NULL;
        CREATE INDEX job_by_session ON {schema}.job (session, id) WHERE session IS NOT NULL;
        CREATE INDEX job_by_parent ON {schema}.job (parent, id) WHERE parent IS NOT NULL;
        CREATE INDEX job_by_tag ON {schema}.job USING gin (tags) WHERE tags <> '{}';

        CREATE TABLE {schema}.history (
            job text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            line smallint NOT NULL,
            at bigint NOT NULL,
            name text COLLATE "C" NOT NULL,
            by text COLLATE "C",
            detail text COLLATE "C",
            attempt integer NOT NULL,
            PRIMARY KEY (job, version, line)
        );

        CREATE TABLE {schema}.runner (
            id text COLLATE "C" PRIMARY KEY,
            beat bigint NOT NULL,
            boot_id text COLLATE "C",
            process_id integer,
            start_time bigint,
            lapsed boolean NOT NULL DEFAULT false
        ) WITH (fillfactor = 50);
        CREATE INDEX runner_lapsed ON {schema}.runner (id) WHERE lapsed;

        CREATE TABLE {schema}.record (
            name text COLLATE "C" PRIMARY KEY,
            version bigint NOT NULL,
            value bytea NOT NULL
        );

        CREATE TABLE {schema}.change (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            seq bigint GENERATED ALWAYS AS IDENTITY,
            job text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (xid, seq)
        );

        CREATE VIEW {schema}.jobs AS SELECT
            id, kind, owner,
            CASE WHEN phase = 0 THEN 'queued' WHEN phase < 3 THEN 'running' WHEN phase < 5 THEN 'waiting'
                 WHEN phase = 5 THEN 'completed' WHEN phase = 6 THEN 'failed' ELSE 'cancelled' END AS state,
            title, session, agent, attempt, version,
            to_timestamp(created_at / 1000.0) AS created, to_timestamp(started_at / 1000.0) AS started,
            to_timestamp(finished_at / 1000.0) AS finished,
            convert_from(input, 'UTF8') AS input, convert_from(result, 'UTF8') AS result, convert_from(outcome, 'UTF8') AS outcome
        FROM {schema}.job;
        """;
}
