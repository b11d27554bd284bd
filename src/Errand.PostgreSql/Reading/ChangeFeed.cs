using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>
/// What has changed since a cursor. Numbers given out while transactions run do not tell what is new: a later one can be seen while an earlier
/// one is not yet committed. So a cursor is a snapshot, and what comes next is what a newer snapshot sees and this one did not. Nothing is
/// missed, and a transaction that stays open somewhere in the cluster holds nobody up.
/// </summary>
/// <remarks>
/// The entries between two snapshots are told by their number, which each takes under the lock of its job's row: so those of one job come in
/// the order of its versions.
/// </remarks>
internal sealed class ChangeFeed(Connections connections, Statements statements, int kept)
{
    private readonly int _trimEvery = Math.Max(1, kept / 4);
    private int _untrimmed;

    public async Task<ChangePage> ReadAsync(string? text, int limit, CancellationToken cancellationToken)
    {
        if (text is null || FeedCursor.Parse(text) is not { } cursor) return await FromNowOnAsync(resync: text is not null, cancellationToken);
        limit = Math.Max(limit, 1);
        // The check comes last: what is forgotten before the entries are read must count as missing.
        return await connections.QueryAsync([Now(), Read(cursor, limit), Check(cursor)], async reader =>
        {
            await reader.ReadAsync(cancellationToken);
            var now = new FeedCursor(reader.GetString(0), reader.GetString(1));
            var rows = await reader.NextRowsAsync(ReadRow, cancellationToken);
            bool isCurrent = (await reader.NextRowsAsync(check => check.GetBoolean(0), cancellationToken)).Single();
            return isCurrent ? PageOf(cursor, rows, now, limit) : new([], now.ToString(), Resync: true);
        }, cancellationToken);
    }

    /// <summary>Whether so much was written that old entries should go.</summary>
    public bool IsTrimDue(int written) =>
        Interlocked.Add(ref _untrimmed, written) >= _trimEvery && Interlocked.Exchange(ref _untrimmed, 0) >= _trimEvery;

    /// <summary>Forgets all but the last entries, and none that began after a transaction which is still open: new cursors begin there.</summary>
    public Task TrimAsync(CancellationToken cancellationToken) => connections.ListAsync(Statements.New($"""
        WITH bound AS (
            SELECT xid FROM {statements.Schema}.change WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY xid DESC, seq DESC OFFSET $1 LIMIT 1),
        gone AS (DELETE FROM {statements.Schema}.change USING bound WHERE change.xid < bound.xid)
        UPDATE {statements.Schema}.meta SET floor = bound.xid FROM bound WHERE floor < bound.xid
        """, Parameters.Integer(kept)), _ => true, cancellationToken);

    private static ChangePage PageOf(FeedCursor cursor, List<Row> rows, FeedCursor now, int limit)
    {
        // Without entries, the snapshot that was taken before they were looked for is the one to go on from.
        string until = cursor.Until ?? (rows.Count > 0 ? rows[0].Until : now.Since);
        var next = rows.Count < limit ? new FeedCursor(cursor.Epoch, until) : cursor with { Until = until, Seq = rows[^1].Seq };
        return new([.. rows.Select(row => row.Change)], next.ToString(), Resync: false);
    }

    private Task<ChangePage> FromNowOnAsync(bool resync, CancellationToken cancellationToken) => connections.ScalarAsync(Now(),
        reader => new ChangePage([], new FeedCursor(reader.GetString(0), reader.GetString(1)).ToString(), resync), cancellationToken);

    private NpgsqlBatchCommand Now() => Statements.New($"SELECT epoch, pg_current_snapshot()::text FROM {statements.Schema}.meta");

    private NpgsqlBatchCommand Read(FeedCursor cursor, int limit) => Statements.New($"""
        SELECT job, version, seq, until::text FROM {statements.Schema}.change, coalesce($2::pg_snapshot, pg_current_snapshot()) AS until
        WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND seq > $3
            AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) AND pg_visible_in_snapshot(xid, until)
        ORDER BY seq LIMIT $4
        """, Parameters.Text(cursor.Since), Parameters.Text(cursor.Until), Parameters.Number(cursor.Seq), Parameters.Integer(limit));

    // A cursor from after a backup that was restored since lies in the future.
    private NpgsqlBatchCommand Check(FeedCursor cursor) => Statements.New($"""
        SELECT epoch = $1 AND pg_snapshot_xmin($2::pg_snapshot) >= floor
            AND pg_snapshot_xmax(coalesce($3, $2)::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
        FROM {statements.Schema}.meta
        """, Parameters.Text(cursor.Epoch), Parameters.Text(cursor.Since), Parameters.Text(cursor.Until));

    private static Row ReadRow(NpgsqlDataReader row) => new(new(JobId.Parse(row.GetString(0)), row.GetInt64(1)), row.GetInt64(2), row.GetString(3));

    private readonly record struct Row(JobChanged Change, long Seq, string Until);
}
