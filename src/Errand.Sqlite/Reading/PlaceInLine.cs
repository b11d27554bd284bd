namespace Errand.Sqlite;

/// <summary>Counts who stands in line before a job.</summary>
internal sealed class PlaceInLine(SqliteConnection connection)
{
    private SqliteStatement? _self, _before, _beforeAtCap;

    public int? Of(JobId id, int limit)
    {
        _self ??= connection.Prepare("SELECT rank, seq, holds, waits_for FROM job WHERE id = ? AND phase = 0");
        if (!_self.Bind(1, id).Step())
        {
            _self.Reset();
            return null;
        }
        var (rank, seq, holds, cap) = (_self.Int64(0), _self.Int64(1), (JobHolds)_self.Int64(2), _self.TextOrNull(3));
        _self.Reset();
        return holds switch
        {
            JobHolds.None => Before(rank, seq, limit),
            JobHolds.Cap => BeforeAtCap(cap!, rank, seq, limit),
            _ => null,
        };
    }

    // The line is kept by kind; the places are counted over all of them.
    private int Before(long rank, long seq, int limit)
    {
        _before ??= connection.Prepare(
            "WITH RECURSIVE line (kind) AS (SELECT min(kind) FROM job INDEXED BY job_ready WHERE phase = 0 AND holds = 0 UNION ALL " +
            "SELECT (SELECT min(kind) FROM job INDEXED BY job_ready WHERE phase = 0 AND holds = 0 AND kind > line.kind) " +
            "FROM line WHERE line.kind IS NOT NULL) " +
            "SELECT count(*) FROM (SELECT 1 FROM line CROSS JOIN job INDEXED BY job_ready " +
            "WHERE job.phase = 0 AND job.holds = 0 AND job.kind = line.kind AND job.rank <= ?1 AND (job.rank < ?1 OR job.seq < ?2) LIMIT ?3)");
        _before.Bind(1, rank).Bind(2, seq).Bind(3, Math.Max(limit, 0)).Step();
        int count = (int)_before.Int64(0);
        _before.Reset();
        return count;
    }

    private int BeforeAtCap(string cap, long rank, long seq, int limit)
    {
        _beforeAtCap ??= connection.Prepare(
            "WITH RECURSIVE queue (kind) AS (SELECT min(kind) FROM job INDEXED BY job_at_cap WHERE phase = 0 AND holds = 8 AND waits_for = ?1 " +
            "UNION ALL SELECT (SELECT min(kind) FROM job INDEXED BY job_at_cap " +
            "WHERE phase = 0 AND holds = 8 AND waits_for = ?1 AND kind > queue.kind) " +
            "FROM queue WHERE queue.kind IS NOT NULL) " +
            "SELECT count(*) FROM (SELECT 1 FROM queue CROSS JOIN job INDEXED BY job_at_cap WHERE job.phase = 0 AND job.holds = 8 " +
            "AND job.waits_for = ?1 AND job.kind = queue.kind AND job.rank <= ?2 AND (job.rank < ?2 OR job.seq < ?3) LIMIT ?4)");
        _beforeAtCap.Bind(1, cap).Bind(2, rank).Bind(3, seq).Bind(4, Math.Max(limit, 0)).Step();
        int count = (int)_beforeAtCap.Int64(0);
        _beforeAtCap.Reset();
        return count;
    }
}
