using Npgsql;

namespace Errand.PostgreSql;

/// <summary>The pool of connections, and the door through which every statement goes: its failures come out in the store's own words.</summary>
internal sealed class Connections : IAsyncDisposable
{
    private const int MaxTries = 6;
    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _listening;

    public Connections(PostgreSqlStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Store = $"postgresql {settings.Host}:{settings.Port}/{settings.Database ?? settings.Username} (schema {options.Schema})";
        if (!settings.ShouldSerialize("Application Name")) settings.ApplicationName = "errand";
        if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 100;
        // The guards of a write are looked at anew once a lock was waited for; at a higher level they would fail instead.
        settings.Options = $"{settings.Options} -c default_transaction_isolation=read\\ committed".Trim();
        _pool = Build(settings);

        // Nothing is ever sent on this one, so only a question now and then tells whether the other end is still there.
        settings.Pooling = false;
        if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 10;
        _listening = Build(settings);
    }

    /// <summary>What the store is, for people; without secrets.</summary>
    public string Store { get; }

    /// <summary>Does something with a connection. What the server gave up is done again, so it must begin anew each time.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await _pool.OpenConnectionAsync(cancellationToken);
                return await work(connection);
            }
            catch (Exception e) when (tries < MaxTries && StoreErrors.IsPassing(e)) { }
            catch (Exception e) when (StoreErrors.IsOfStore(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw StoreErrors.Explain(e, Store);
            }
        }
    }

    /// <summary>Runs statements in one round trip and one transaction. The answers are read one after the other, from the first.</summary>
    public Task<T> QueryAsync<T>(
        IReadOnlyList<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(connection => QueryAsync(connection, statements, read, cancellationToken), cancellationToken);

    /// <summary>Runs one statement and reads its rows.</summary>
    public Task<List<T>> ListAsync<T>(NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsync([statement], reader => reader.RowsAsync(read, cancellationToken), cancellationToken);

    /// <summary>Runs one statement that answers with one value.</summary>
    public Task<T> ScalarAsync<T>(NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsync([statement], async reader => await reader.ReadAsync(cancellationToken) ? read(reader) : default!, cancellationToken);

    /// <summary>A connection of its own to listen on; its failures are not translated.</summary>
    public async Task<NpgsqlConnection> OpenListenerAsync(CancellationToken cancellationToken) =>
        await _listening.OpenConnectionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _listening.DisposeAsync();
        await _pool.DisposeAsync();
    }

    /// <summary>Runs statements in one round trip, within the transaction that is open on the connection, or in one of their own.</summary>
    public static async Task<T> QueryAsync<T>(
        NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> statements,
        Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var answer = await read(reader);
        // Only past the last answer is it known that the transaction was committed.
        while (await reader.NextResultAsync(cancellationToken)) { }
        return answer;
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings) =>
        // The store uses no types but those that every server has, so the first connection need not ask for them.
        new NpgsqlSlimDataSourceBuilder(settings.ConnectionString).EnableArrays().EnableTransportSecurity().EnableIntegratedSecurity()
            .ConfigureTypeLoading(loading => loading.EnableTypeLoading(false)).Build();
}
