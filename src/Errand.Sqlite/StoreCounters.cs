namespace Errand.Sqlite;

/// <summary>What the store has asked of SQLite, for tests that keep it cheap.</summary>
/// <param name="Statements">Statements that the writer executed.</param>
/// <param name="Commits">Transactions that were committed with something in them.</param>
/// <param name="Requests">Requests that were carried out.</param>
/// <param name="BytesBound">Bytes of text that the writer handed to SQLite.</param>
internal readonly record struct StoreCounters(long Statements, long Commits, long Requests, long BytesBound);
