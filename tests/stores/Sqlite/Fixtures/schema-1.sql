PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('epoch','f08e3112d46a332a');
INSERT INTO meta VALUES('min_reader','1');
INSERT INTO meta VALUES('schema','1');
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
INSERT INTO job VALUES(1,'01m7w4n5e000000000000000000000000001','command','local',0,1,0,0,1795166880000,NULL,'main','planner',NULL,'request 1',NULL,2,1795167000000,1795167000000,NULL,NULL,NULL,1795167000000,'Build — everything',NULL,NULL,'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01','["nightly","größer"]','{"branch":"main"}','{"wallTime":"00:05:00"}','{"maxRetries":5,"baseDelay":"00:00:00.2500000","factor":1.5,"maxDelay":"00:05:00"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"line":"make  all"}',NULL,NULL);
INSERT INTO job VALUES(2,'01m7w4n6d800000000000000000000000002','tool','ann',0,1,0,0,1795167001000,NULL,NULL,NULL,'01m7w4n5e000000000000000000000000001',NULL,NULL,0,1795167001000,1795167001000,NULL,NULL,NULL,1795167001000,NULL,'01m7w4n5e000000000000000000000000001',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO job VALUES(3,'01m7w4n7cg00000000000000000000000003','tool','local',0,1,0,1,1795170600000,NULL,NULL,NULL,NULL,NULL,NULL,0,1795167002000,1795170600000,NULL,NULL,NULL,1795167002000,NULL,NULL,1795170600000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO job VALUES(4,'01m7w4n8br00000000000000000000000004','command','local',0,1,0,2,1795167003000,NULL,'main',NULL,NULL,NULL,NULL,0,1795167003000,1795167003000,NULL,NULL,NULL,1795167003000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO job VALUES(5,'01m7w4n9b000000000000000000000000005','tool','local',1,4,1,0,1795167004000,'runner-1',NULL,NULL,NULL,NULL,NULL,0,1795167004000,1795167004000,1795167004000,1795167011500,NULL,1795167011500,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,12.5,40.0,'half of it, nearly: ½',NULL,NULL,NULL,NULL,NULL,NULL,'[1,2,3]','{"step":7}',NULL);
INSERT INTO job VALUES(6,'01m7w4naa800000000000000000000000006','tool','local',3,2,1,0,1795167005000,'runner-1',NULL,NULL,NULL,NULL,NULL,0,1795167005000,1795167005000,1795167005000,NULL,NULL,1795167012000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[{"key":"1","request":"sure?","askedAt":"2026-11-20T09:30:12+00:00"}]',NULL,NULL,NULL);
INSERT INTO job VALUES(7,'01m7w4nb9g00000000000000000000000007','tool','local',6,2,1,0,1795167006000,'runner-2',NULL,NULL,NULL,NULL,NULL,0,1795167006000,1795167006000,1795167006000,NULL,1795167013000,1795167013000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,'{"error":{"code":"exit_code","message":"It ended with 3.","retryable":false,"details":{"tail":["a","b"]}},"exitCode":3,"output":{"bytes":5000000000,"dropped":12,"sha256":"00ff"}}',NULL,NULL,NULL,'{"kept":true}');
INSERT INTO job VALUES(8,'01m7w4nc8r00000000000000000000000008','tool','local',7,3,1,0,1795167007000,'runner-2',NULL,NULL,NULL,NULL,NULL,0,1795167007000,1795167007000,1795167007000,NULL,1795167015000,1795167015000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795167014000,'bob',0,5,'{"signal":"SIGTERM"}',NULL,NULL,NULL,NULL);
INSERT INTO job VALUES(9,'01m7vxse6000000000000000000000000009','tool','local',0,1,0,0,1795167008000,NULL,NULL,NULL,NULL,NULL,1,0,1795167008000,1795167008000,NULL,NULL,NULL,1795167008000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO history VALUES(6,2,0,1795167012000,'input_requested',NULL,'1',1);
INSERT INTO history VALUES(8,2,0,1795167014000,'cancel_requested','bob',NULL,0);
INSERT INTO history VALUES(8,3,0,1795167015000,'work_ended',NULL,NULL,0);
INSERT INTO history VALUES(8,3,1,1795167015000,'slot_freed',NULL,NULL,0);
CREATE TABLE runner (
    id TEXT NOT NULL PRIMARY KEY,
    beat INTEGER NOT NULL,
    lapsed INTEGER NOT NULL DEFAULT 0,
    boot_id TEXT,
    process_id INTEGER,
    start_time INTEGER
) WITHOUT ROWID;
INSERT INTO runner VALUES('runner-1',7,0,'0c1f9e4a-boot',4711,987654321);
INSERT INTO runner VALUES('runner-2',3,1,NULL,NULL,NULL);
CREATE TABLE record (name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL);
INSERT INTO record VALUES('schedule/nightly',2,'{"cron":"0 4 * * *"}');
CREATE TABLE change (sequence INTEGER PRIMARY KEY, jobs TEXT NOT NULL);
INSERT INTO change VALUES(1,'[1,1,2,1,3,1,4,1,5,1,6,1,7,1,8,1,9,1]');
INSERT INTO change VALUES(2,'[5,2,5,3,5,4,6,2,7,2,8,2]');
INSERT INTO change VALUES(3,'[8,3]');
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
CREATE INDEX runner_living ON runner (id) WHERE lapsed = 0;
CREATE VIEW jobs AS SELECT
    id, kind, owner,
    CASE WHEN phase = 0 THEN 'queued' WHEN phase < 3 THEN 'running' WHEN phase < 5 THEN 'waiting'
         WHEN phase = 5 THEN 'completed' WHEN phase = 6 THEN 'failed' ELSE 'cancelled' END AS state,
    title, session, agent, attempt, version,
    datetime(created_at / 1000, 'unixepoch') AS created, datetime(started_at / 1000, 'unixepoch') AS started,
    datetime(finished_at / 1000, 'unixepoch') AS finished, input, result, details
FROM job;
COMMIT;
