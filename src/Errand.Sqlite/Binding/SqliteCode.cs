namespace Errand.Sqlite;

/// <summary>The result codes of SQLite that the store tells apart; the low byte of an extended code.</summary>
internal enum SqliteCode
{
    Ok = 0,
    Error = 1,
    Permission = 3,
    Busy = 5,
    Locked = 6,
    NoMemory = 7,
    ReadOnly = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CannotOpen = 14,
    TooBig = 18,
    Constraint = 19,
    NotADatabase = 26,
    Row = 100,
    Done = 101,
}
