namespace Errand.Sqlite;

/// <summary>Counts who stands in line before a job.</summary>
internal sealed class PlaceInLine(SqliteConnection connection)
{
    private SqliteStatement? _self, _before;

    public int? Of(JobId id, int limit)
    {
        _self ??= connection.Prepare("SELECT rank, seq FROM job WHERE id = ? AND phase = 0 AND holds = 0");
        bool inLine = _self.Bind(1, id).Step();
        var (rank, seq) = inLine ? (_self.Int64(0), _self.Int64(1)) : default;
        _self.Reset();
        return inLine ? Before(rank, seq, limit) : null;
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
}
