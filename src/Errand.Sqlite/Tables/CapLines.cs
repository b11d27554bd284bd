namespace Errand.Sqlite;

/// <summary>The lines of caps: who waits for one that is full.</summary>
internal sealed class CapLines(SqliteConnection connection)
{
    private SqliteStatement? _heads, _hold;

    /// <summary>Finds the first jobs of a kind in the line of a cap, by rank and order of arrival.</summary>
    public void CollectHeads(CapState cap, string kind, int count, List<LineHead> heads)
    {
        _heads ??= connection.Prepare(
            "SELECT rank, seq FROM job INDEXED BY job_at_cap WHERE phase = 0 AND holds = 8 AND waits_for = ? AND kind = ? ORDER BY rank, seq LIMIT ?");
        for (_heads.Bind(1, cap.Name).Bind(2, kind).Bind(3, count); _heads.Step();) heads.Add(new(_heads.Int64(0), _heads.Int64(1), cap));
        _heads.Reset();
    }

    /// <summary>Puts a job into the line of a cap.</summary>
    public void Hold(long seq, string cap) =>
        (_hold ??= connection.Prepare("UPDATE OR FAIL job SET holds = 8, waits_for = ? WHERE seq = ?")).Bind(1, cap).Bind(2, seq).Run();
}
