namespace Errand.PostgreSql;

/// <summary>Caps, dependencies, reuse, batches, dead letters, and how long a job is kept.</summary>
internal static class Schema2
{
    // A cap's row is written with every start and end under it: what its index asks for is a column that seldom changes, so that most of
    // those writes touch no index. Whoever enters or leaves a cap's line, or changes its counts, holds the lock of its row.
    public const string Sql = """
        ALTER TABLE {schema}.job
            ADD COLUMN caps text[] COLLATE "C",
            ADD COLUMN waits_for text COLLATE "C",
            ADD COLUMN pending integer NOT NULL DEFAULT 0,
            ADD COLUMN batch text COLLATE "C",
            ADD COLUMN fingerprint text COLLATE "C",
            ADD COLUMN reuse smallint NOT NULL DEFAULT 0,
            ADD COLUMN stands_in boolean NOT NULL DEFAULT false,
            ADD COLUMN keep_for bigint,
            ADD COLUMN dead boolean NOT NULL DEFAULT false,
            ADD COLUMN more bytea;
        CREATE UNIQUE INDEX job_standing_in ON {schema}.job (owner, fingerprint) WHERE stands_in AND (phase IN (0, 1, 3) OR phase = 5 AND reuse = 2);
        CREATE INDEX job_at_cap ON {schema}.job (waits_for, kind, rank, seq) WHERE phase = 0 AND holds = 8;
        CREATE INDEX job_by_batch ON {schema}.job (batch, id) WHERE batch IS NOT NULL;
        CREATE INDEX job_by_fingerprint ON {schema}.job (fingerprint, id) WHERE fingerprint IS NOT NULL;
        CREATE INDEX job_dead ON {schema}.job (id) WHERE dead;
        CREATE INDEX job_expiring ON {schema}.job ((finished_at + keep_for)) WHERE keep_for IS NOT NULL;
        CREATE INDEX job_ended ON {schema}.job (kind, phase, id) WHERE phase >= 5;

        CREATE TABLE {schema}.cap (
            name text COLLATE "C" PRIMARY KEY,
            max_running integer,
            max_queued integer,
            rate_count integer,
            rate_period bigint,
            rate_burst integer,
            free_at bigint NOT NULL DEFAULT 0,
            running integer NOT NULL DEFAULT 0,
            queued integer NOT NULL DEFAULT 0,
            waited boolean NOT NULL DEFAULT false,
            open boolean GENERATED ALWAYS AS (waited AND (max_running IS NULL OR running < max_running)) STORED
        ) WITH (fillfactor = 50);
        CREATE INDEX cap_open ON {schema}.cap (name) WHERE open;

        CREATE TABLE {schema}.dependency (
            parent text COLLATE "C" NOT NULL,
            child text COLLATE "C" NOT NULL,
            line integer NOT NULL,
            any_end boolean NOT NULL,
            told boolean NOT NULL,
            PRIMARY KEY (parent, child, line)
        );
        CREATE INDEX dependency_untold ON {schema}.dependency (parent, child, line) WHERE NOT told;
        CREATE INDEX dependency_by_child ON {schema}.dependency (child);

        CREATE TABLE {schema}.release (
            parent text COLLATE "C" PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY
        );
        """;
}
