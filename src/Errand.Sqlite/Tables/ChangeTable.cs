using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>
/// The feed of what has changed: one row for each commit, so that a burst of writes costs one insert. A row is a JSON array of pairs: a job's
/// <c>seq</c> and the version it was given.
/// </summary>
internal sealed class ChangeTable(SqliteConnection connection)
{
    // Old rows are cut off a few at a time, so that it costs nothing to speak of. The newest always stays, so SQLite's numbering goes on from
    // it and never begins again; AUTOINCREMENT would see to that too, at the price of one more page in each commit.
    private const int TrimEvery = 64;
    private const int LongestPair = 2 * 20 + 2;

    private readonly string _epoch = connection.ReadText("SELECT value FROM meta WHERE name = 'epoch'");
    private SqliteStatement? _append, _trim, _range, _read, _id;
    private byte[] _text = new byte[4096];

    /// <summary>Enters the jobs that a commit has written.</summary>
    public void Append(List<(long Seq, long Version)> jobs, int kept)
    {
        _append ??= connection.Prepare("INSERT INTO change (jobs) VALUES (?)");
        _append.Bind(1, Written(jobs)).Run();
        long sequence = connection.LastRowId;
        if (sequence % TrimEvery != 0) return;
        _trim ??= connection.Prepare("DELETE FROM change WHERE sequence <= ?");
        _trim.Bind(1, sequence - Math.Max(kept, 1)).Run();
    }

    public ChangePage Read(string? cursor, int limit)
    {
        var (first, end) = Range();
        var start = cursor is null ? end : Parse(cursor);
        if (start is not { } from || from.Commit < first || from.Commit > end.Commit) return new([], Text(end), Resync: true);
        List<JobChanged> items = [];
        var reached = Collect(from, limit, items);
        return new(items, Text(reached), Resync: false);
    }

    private (long First, Position End) Range()
    {
        _range ??= connection.Prepare("SELECT (SELECT min(sequence) FROM change), (SELECT max(sequence) FROM change)");
        _range.Step();
        long? first = _range.Int64OrNull(0), last = _range.Int64OrNull(1);
        _range.Reset();
        return (first ?? 1, new((last ?? 0) + 1, 0));
    }

    private Position Collect(Position from, int limit, List<JobChanged> items)
    {
        _read ??= connection.Prepare("SELECT sequence, jobs FROM change WHERE sequence >= ? ORDER BY sequence");
        _read.Bind(1, from.Commit);
        var reached = from;
        while (items.Count < limit && _read.Step())
        {
            long commit = _read.Int64(0);
            int told = commit == from.Commit ? from.Told : 0;
            int all = Collect(_read.Utf8(1), ref told, limit, items);
            reached = told == all ? new(commit + 1, 0) : new(commit, told);
        }
        _read.Reset();
        return reached;
    }

    // A page may end in the middle of a commit: the cursor then says how many of its jobs were told.
    private int Collect(ReadOnlySpan<byte> jobs, ref int told, int limit, List<JobChanged> items)
    {
        _id ??= connection.Prepare("SELECT id FROM job WHERE seq = ?");
        var reader = new Utf8JsonReader(jobs);
        reader.Read();
        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            long seq = reader.GetInt64();
            reader.Read();
            if (count++ < told || items.Count >= limit) continue;
            told = count;
            // A job that was removed meanwhile is nobody's news.
            if (_id.Bind(1, seq).Step()) items.Add(new(_id.Id(0), reader.GetInt64()));
            _id.Reset();
        }
        return count;
    }

    private ReadOnlySpan<byte> Written(List<(long Seq, long Version)> jobs)
    {
        if (_text.Length < jobs.Count * LongestPair + 2) _text = new byte[jobs.Count * LongestPair * 2];
        int length = 0;
        _text[length++] = (byte)'[';
        foreach (var (seq, version) in jobs)
        {
            if (length > 1) _text[length++] = (byte)',';
            length += Format(seq, length);
            _text[length++] = (byte)',';
            length += Format(version, length);
        }
        _text[length++] = (byte)']';
        return _text.AsSpan(0, length);
    }

    private int Format(long number, int at)
    {
        Utf8Formatter.TryFormat(number, _text.AsSpan(at), out int written);
        return written;
    }

    private string Text(Position position) => string.Create(CultureInfo.InvariantCulture, $"{_epoch}:{position.Commit}:{position.Told}");

    private Position? Parse(string cursor)
    {
        string[] parts = cursor.Split(':');
        return parts.Length == 3 && parts[0] == _epoch
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long commit)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int told) ? new(commit, told) : null;
    }

    /// <summary>A place in the feed.</summary>
    /// <param name="Commit">The commit that comes next.</param>
    /// <param name="Told">How many of its jobs were told already.</param>
    private readonly record struct Position(long Commit, int Told);
}
