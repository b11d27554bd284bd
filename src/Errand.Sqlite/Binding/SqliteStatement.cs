using System.Text;

namespace Errand.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset. Parameters that are not bound are null.</summary>
internal sealed unsafe class SqliteStatement(SqliteConnection connection, nint handle) : IDisposable
{
    private const int NullType = 5;
    private readonly ParameterArena _texts = new();
    private nint _handle = handle;

    public SqliteStatement Bind(int index, long value)
    {
        Check(NativeSqlite.BindInt64(_handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : this;

    public SqliteStatement Bind(int index, double? value)
    {
        if (value is { } number) Check(NativeSqlite.BindDouble(_handle, index, number));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null) return this;
        // Three bytes for each UTF-16 unit are always enough, and short texts need no second pass to count.
        int room = value.Length <= 64 ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        int length = Encoding.UTF8.GetBytes(value, _texts.Take(room, out byte* start));
        return BindTaken(index, start, length);
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_texts.Take(utf8.Length, out byte* start));
        return BindTaken(index, start, utf8.Length);
    }

    public SqliteStatement Bind(int index, JobData data) => data.IsNone ? this : Bind(index, data.Utf8.Span);

    public SqliteStatement Bind(int index, JobId id)
    {
        JobIdText.Write(id, _texts.Take(JobId.TextLength, out byte* start));
        return BindTaken(index, start, JobId.TextLength);
    }

    public SqliteStatement Bind(int index, JobId? id) => id is { } some ? Bind(index, some) : this;

    /// <summary>Whether there is a (further) row.</summary>
    public bool Step()
    {
        int code = NativeSqlite.Step(_handle);
        if (code == (int)SqliteCode.Row) return true;
        if (code == (int)SqliteCode.Done) return false;
        var failure = connection.Failure(code);
        Reset();
        throw failure;
    }

    /// <summary>Executes a statement whose rows, if it has any, are of no interest.</summary>
    public void Run()
    {
        while (Step()) { }
        Reset();
    }

    /// <summary>Answers what came of a step without throwing, for those who wait for a lock.</summary>
    public SqliteCode TryRun()
    {
        int code = NativeSqlite.Step(_handle);
        Reset();
        return (SqliteCode)(code & 0xff);
    }

    /// <summary>Ends the execution, and with it the hold on its snapshot.</summary>
    public void Reset()
    {
        if (_handle == 0) return;
        connection.Statements++;
        _ = NativeSqlite.Reset(_handle);
        _ = NativeSqlite.ClearBindings(_handle);
        _texts.Clear();
    }

    public bool IsNull(int column) => NativeSqlite.ColumnType(_handle, column) == NullType;

    public long Int64(int column) => NativeSqlite.ColumnInt64(_handle, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public double Double(int column) => NativeSqlite.ColumnDouble(_handle, column);

    /// <summary>The bytes of a text; they are gone at the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column)
    {
        byte* start = NativeSqlite.ColumnBlob(_handle, column);
        return new(start, NativeSqlite.ColumnBytes(_handle, column));
    }

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public JobData Data(int column) => IsNull(column) ? JobData.None : JobData.Trusted(Utf8(column).ToArray());

    public JobId Id(int column) => JobIdText.Read(Utf8(column));

    public JobId? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public void Dispose()
    {
        if (_handle == 0) return;
        _ = NativeSqlite.Finalize(_handle);
        _handle = 0;
        _texts.Dispose();
    }

    private SqliteStatement BindTaken(int index, byte* start, int length)
    {
        // The arena keeps the bytes until the reset, which is what SQLITE_STATIC (0) promises.
        Check(NativeSqlite.BindText(_handle, index, start, length, 0));
        connection.BytesBound += length;
        return this;
    }

    private void Check(int code)
    {
        if (code == 0) return;
        var failure = connection.Failure(code);
        Reset();
        throw failure;
    }
}
