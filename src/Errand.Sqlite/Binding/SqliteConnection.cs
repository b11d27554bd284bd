using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Errand.Sqlite;

/// <summary>One connection to the file. It is used by one thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private const int OpenReadOnly = 0x1, OpenReadWrite = 0x2, OpenCreate = 0x4, OpenNoMutex = 0x8000;
    private const uint PreparePersistent = 1;
    private readonly List<SqliteStatement> _prepared = [];
    private readonly Func<string, string>? _rewrite;
    private nint _db;
    private int* _walPages;

    private SqliteConnection(nint db, Func<string, string>? rewrite)
    {
        _db = db;
        _rewrite = rewrite;
    }

    /// <summary>How many statements were executed.</summary>
    public long Statements { get; set; }

    /// <summary>How many bytes of text were bound.</summary>
    public long BytesBound { get; set; }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => NativeSqlite.Changes(_db);

    /// <summary>The row id of the last insert.</summary>
    public long LastRowId => NativeSqlite.LastInsertRowId(_db);

    /// <summary>Whether a transaction is open: some errors end it on their own.</summary>
    public bool InTransaction => NativeSqlite.GetAutocommit(_db) == 0;

    /// <summary>How many pages the write-ahead log had after the last commit that was counted.</summary>
    public int WalPages => _walPages is null ? 0 : *_walPages;

    /// <summary>Whether the file could only be opened for reading.</summary>
    public bool IsReadOnly => NativeSqlite.IsReadOnly(_db, null) == 1;

    public static SqliteConnection Open(string path, ConnectionMode mode, Func<string, string>? rewrite = null)
    {
        _ = SqliteLibrary.Version;
        int flags = OpenNoMutex | mode switch
        {
            ConnectionMode.Read => OpenReadOnly,
            ConnectionMode.Write => OpenReadWrite,
            _ => OpenReadWrite | OpenCreate,
        };
        nint db;
        int code;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0')) code = NativeSqlite.Open(name, &db, flags, null);
        var connection = new SqliteConnection(db, rewrite);
        if (code == 0) return connection.Configured();
        var failure = connection.Failure(code);
        connection.Dispose();
        throw failure;
    }

    /// <summary>How long SQLite itself waits for a lock before it answers that it is busy.</summary>
    public void SetBusyTimeout(TimeSpan timeout) => _ = NativeSqlite.BusyTimeout(_db, (int)timeout.TotalMilliseconds);

    /// <summary>Leaves checkpoints to the caller, and counts the pages of the log for it.</summary>
    public void CountWalPages()
    {
        _walPages = (int*)NativeMemory.AllocZeroed(sizeof(int));
        NativeSqlite.WalHook(_db, &OnCommitted, _walPages);
    }

    /// <summary>Moves pages from the log into the file as far as nobody is in the way.</summary>
    public SqliteCode TryCheckpoint() => (SqliteCode)(NativeSqlite.WalCheckpoint(_db, null, 0, null, null) & 0xff);

    public SqliteStatement Prepare(string sql)
    {
        byte[] text = Encoding.UTF8.GetBytes(_rewrite?.Invoke(sql) ?? sql);
        nint handle;
        fixed (byte* start = text)
        {
            int code = NativeSqlite.Prepare(_db, start, text.Length, PreparePersistent, &handle, null);
            if (code != 0) throw Failure(code);
        }
        var statement = new SqliteStatement(this, handle);
        _prepared.Add(statement);
        return statement;
    }

    /// <summary>Executes a script of statements that need no parameters.</summary>
    public void Execute(string script)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes((_rewrite?.Invoke(script) ?? script) + '\0'))
        {
            byte* rest = start;
            while (*rest != 0)
            {
                nint handle;
                int code = NativeSqlite.Prepare(_db, rest, -1, 0, &handle, &rest);
                if (code != 0) throw Failure(code);
                if (handle == 0) continue; // A comment or white space.
                using var statement = new SqliteStatement(this, handle);
                statement.Run();
            }
        }
    }

    /// <summary>Ends every execution that an error has left behind.</summary>
    public void ResetAll()
    {
        foreach (var statement in _prepared) statement.Reset();
    }

    public long ReadInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public string ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public SqliteFailure Failure(int code) => new(code, TextOf(_db == 0 ? NativeSqlite.ErrorText(code) : NativeSqlite.ErrorMessage(_db)));

    public void Dispose()
    {
        foreach (var statement in _prepared) statement.Dispose();
        _prepared.Clear();
        if (_db != 0) _ = NativeSqlite.Close(_db);
        _db = 0;
        NativeMemory.Free(_walPages);
        _walPages = null;
    }

    private SqliteConnection Configured()
    {
        _ = NativeSqlite.ExtendedResultCodes(_db, 1);
        return this;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCommitted(void* pages, nint db, byte* name, int count)
    {
        *(int*)pages = count;
        return 0;
    }

    private static string TextOf(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}

/// <summary>What a connection is for.</summary>
internal enum ConnectionMode
{
    /// <summary>Reading only.</summary>
    Read,

    /// <summary>Writing to a file that is there.</summary>
    Write,

    /// <summary>Writing to a file that may have to be made.</summary>
    Create,
}
