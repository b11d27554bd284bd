using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Statements that go to the server in one round trip, each with what becomes of its rows.</summary>
internal sealed class StatementBatch
{
    private readonly List<NpgsqlBatchCommand> _statements = [];
    private readonly List<Action<NpgsqlDataReader>> _readers = [];

    public void Add(NpgsqlBatchCommand statement, Action<NpgsqlDataReader>? readRow = null)
    {
        _statements.Add(statement);
        _readers.Add(readRow ?? (_ => { }));
    }

    /// <summary>Runs them, within the transaction that is open on the connection, or in one of their own.</summary>
    public Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Connections.QueryAsync(connection, _statements, async reader =>
        {
            foreach (var (readRow, i) in _readers.Select((readRow, i) => (readRow, i)))
            {
                if (i > 0) await reader.NextResultAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken)) readRow(reader);
            }
            return true;
        }, cancellationToken);
}
