using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Statements that go to the server in one round trip, each with what becomes of its rows.</summary>
internal sealed class StatementBatch
{
    private readonly List<NpgsqlBatchCommand> _statements = [];
    private readonly List<Action<NpgsqlDataReader>> _readers = [];

    /// <summary>Adds a statement that answers with rows.</summary>
    public void Ask(NpgsqlBatchCommand statement, Action<NpgsqlDataReader> readRow)
    {
        _statements.Add(statement);
        _readers.Add(readRow);
    }

    /// <summary>Adds a statement whose rows say nothing.</summary>
    public void Lock(NpgsqlBatchCommand statement) => Ask(statement, _ => { });

    /// <summary>Adds a statement that answers with no rows, not even none: the reader steps over it by itself.</summary>
    public void Do(NpgsqlBatchCommand statement) => _statements.Add(statement);

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
