namespace Errand.Sqlite;

/// <summary>The second schema: jobs that share caps, start after others, belong to batches and stand in for one another.</summary>
internal static class Schema2
{
    // As in the first schema, the indexes are partial: a job that makes no use of a feature is in none of them, and costs nothing.
    // What SQL never looks at stands in one column, more.
    public const string Sql = """
        ALTER TABLE job ADD COLUMN caps TEXT;
        ALTER TABLE job ADD COLUMN waits_for TEXT;
        ALTER TABLE job ADD COLUMN pending INTEGER;
        ALTER TABLE job ADD COLUMN dependents INTEGER;
        ALTER TABLE job ADD COLUMN batch TEXT;
        ALTER TABLE job ADD COLUMN fingerprint TEXT;
        ALTER TABLE job ADD COLUMN reuse INTEGER;
        ALTER TABLE job ADD COLUMN keep_for INTEGER;
        ALTER TABLE job ADD COLUMN dead INTEGER;
        ALTER TABLE job ADD COLUMN more TEXT;
        CREATE INDEX job_at_cap ON job (waits_for, kind, rank) WHERE phase = 0 AND holds = 8;
        CREATE INDEX job_by_batch ON job (batch, phase, id) WHERE batch IS NOT NULL;
        CREATE INDEX job_by_dead ON job (dead, phase, id) WHERE dead IS NOT NULL;
        CREATE INDEX job_by_keep ON job (phase, id) WHERE keep_for IS NOT NULL;
        CREATE UNIQUE INDEX job_by_fingerprint ON job (owner, fingerprint) WHERE (reuse & (1 << phase)) <> 0;

        CREATE TABLE cap (
            name TEXT NOT NULL PRIMARY KEY,
            most_running INTEGER,
            most_queued INTEGER,
            rate_count INTEGER,
            rate_period INTEGER,
            rate_burst INTEGER,
            running INTEGER NOT NULL,
            queued INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            free_at INTEGER NOT NULL,
            open INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX cap_open ON cap (free_at) WHERE open = 1;

        CREATE TABLE dependency (
            child INTEGER NOT NULL,
            place INTEGER NOT NULL,
            parent INTEGER NOT NULL,
            on_end INTEGER NOT NULL,
            settled INTEGER NOT NULL,
            PRIMARY KEY (child, place)
        ) WITHOUT ROWID;
        CREATE INDEX dependency_by_parent ON dependency (parent, settled);

        CREATE TABLE ended (job INTEGER PRIMARY KEY);
        """;
}
