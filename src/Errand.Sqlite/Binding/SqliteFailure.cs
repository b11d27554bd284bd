namespace Errand.Sqlite;

/// <summary>What SQLite answered instead of doing what it was asked to. Never leaves the store: see <see cref="StoreErrors"/>.</summary>
internal sealed class SqliteFailure(int extendedCode, string message) : Exception($"{message} ({extendedCode})")
{
    public int ExtendedCode { get; } = extendedCode;

    public SqliteCode Code => (SqliteCode)(ExtendedCode & 0xff);

    /// <summary>Whether it concerns only what was asked, so that others can go on.</summary>
    public bool IsOfRequest => Code is SqliteCode.Constraint or SqliteCode.TooBig;

    /// <summary>Whether the connection may have to be opened anew to recover.</summary>
    public bool SpoilsConnection => !IsOfRequest && Code is not (SqliteCode.Busy or SqliteCode.Locked or SqliteCode.Full);
}
