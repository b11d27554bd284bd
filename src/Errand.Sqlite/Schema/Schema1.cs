namespace Errand.Sqlite;

/// <summary>The first schema. A released migration never changes: what comes later is another one.</summary>
internal static class Schema1
{
    // Every index on job is paid for by each write of a job, so most are partial and stay empty where the feature is not used.
    // Their conditions are plain comparisons: SQLite builds a table for each evaluation of an IN list.
    // All lists walk an index of the shape (what, phase, id): a job moves within it only when its phase changes.
    public const string Sql = """
        CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE job (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            owner TEXT NOT NULL,
            phase INTEGER NOT NULL,
            version INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            holds INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            runner TEXT,
            session TEXT,
            agent TEXT,
            parent TEXT,
            key TEXT,
            stray INTEGER,
            priority INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            scheduled_at INTEGER NOT NULL,
            started_at INTEGER,
            promoted_at INTEGER,
            finished_at INTEGER,
            last_activity_at INTEGER NOT NULL,
            title TEXT,
            retry_of TEXT,
            run_at INTEGER,
            trace_parent TEXT,
            tags TEXT,
            metadata TEXT,
            limits TEXT,
            retry TEXT,
            progress_current REAL,
            progress_total REAL,
            progress_message TEXT,
            cancel_at INTEGER,
            cancel_by TEXT,
            cancel_force INTEGER,
            outcome INTEGER,
            details TEXT,
            inputs TEXT,
            input TEXT,
            checkpoint TEXT,
            result TEXT
        );
        CREATE UNIQUE INDEX job_by_id ON job (id);
        CREATE UNIQUE INDEX job_by_key ON job (owner, key) WHERE key IS NOT NULL;
        CREATE INDEX job_ready ON job (kind, rank) WHERE phase = 0 AND holds = 0;
        CREATE INDEX job_future ON job (scheduled_at) WHERE phase = 0 AND (holds & 1) <> 0;
        CREATE INDEX job_held ON job (runner) WHERE phase > 0 AND phase < 5;
        CREATE INDEX job_in_session ON job (session, owner) WHERE session IS NOT NULL AND phase < 5;
        CREATE INDEX job_by_kind ON job (kind, phase, id);
        CREATE INDEX job_by_owner ON job (owner, phase, id) WHERE owner <> 'local';
        CREATE INDEX job_by_agent ON job (agent, phase, id) WHERE agent IS NOT NULL;
        CREATE INDEX job_by_session ON job (session, phase, id) WHERE session IS NOT NULL;
        CREATE INDEX job_by_parent ON job (parent, phase, id) WHERE parent IS NOT NULL;
        CREATE INDEX job_by_stray ON job (stray, phase, id) WHERE stray IS NOT NULL;

        CREATE TABLE history (
            job INTEGER NOT NULL,
            version INTEGER NOT NULL,
            line INTEGER NOT NULL,
            at INTEGER NOT NULL,
            name TEXT NOT NULL,
            by TEXT,
            detail TEXT,
            attempt INTEGER NOT NULL,
            PRIMARY KEY (job, version, line)
        ) WITHOUT ROWID;

        CREATE TABLE runner (
            id TEXT NOT NULL PRIMARY KEY,
            beat INTEGER NOT NULL,
            lapsed INTEGER NOT NULL DEFAULT 0,
            boot_id TEXT,
            process_id INTEGER,
            start_time INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX runner_living ON runner (id) WHERE lapsed = 0;

        CREATE TABLE record (name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL);

        CREATE TABLE change (sequence INTEGER PRIMARY KEY, jobs TEXT NOT NULL);

        CREATE VIEW jobs AS SELECT
            id, kind, owner,
            CASE WHEN phase = 0 THEN 'queued' WHEN phase < 3 THEN 'running' WHEN phase < 5 THEN 'waiting'
                 WHEN phase = 5 THEN 'completed' WHEN phase = 6 THEN 'failed' ELSE 'cancelled' END AS state,
            title, session, agent, attempt, version,
            datetime(created_at / 1000, 'unixepoch') AS created, datetime(started_at / 1000, 'unixepoch') AS started,
            datetime(finished_at / 1000, 'unixepoch') AS finished, input, result, details
        FROM job;
        """;
}
