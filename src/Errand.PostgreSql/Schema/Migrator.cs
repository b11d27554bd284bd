using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Errand.PostgreSql.Schema;

/// <summary>Brings the tables up to date, one process at a time, or says why they must be left alone.</summary>
internal sealed class Migrator(Connections connections, string schema)
{
    private const int OldestServer = 15;

    public Task MigrateAsync(CancellationToken cancellationToken) => connections.RunAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await MigrateAsync(connection, cancellationToken);
        }
        catch (PostgresException e) when (RefusalOf(e) is { } refusal)
        {
            throw new StoreRefusedException($"The store {connections.Store} {refusal}", e);
        }
        await transaction.CommitAsync(cancellationToken);
        return true;
    }, cancellationToken);

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await CheckServerAsync(connection, cancellationToken);
        // Two processes that start together must not both make the tables; the lock ends with the transaction.
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('errand schema {schema}', 0))", cancellationToken);
        int version = await VersionAsync(connection, cancellationToken);
        for (int step = version; step < Migrations.Current; step++)
            await RunAsync(connection, Migrations.Steps[step].Replace("{schema}", schema, StringComparison.Ordinal), cancellationToken);
        if (version < Migrations.Current)
            await RunAsync(connection, $"UPDATE {schema}.store SET schema = {Number(Migrations.Current)}, min_reader = {Number(Migrations.MinReader)}", cancellationToken);
        await StartFeedAnewAfterRestoreAsync(connection, cancellationToken);
    }

    private async Task CheckServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < OldestServer)
            throw new StoreRefusedException(
                $"The store {connections.Store} is on PostgreSQL {connection.PostgreSqlVersion}; Errand needs {OldestServer} or newer. Upgrade the server.");
        string encoding = await ScalarAsync<string>(connection, "SELECT current_setting('server_encoding')", cancellationToken);
        if (encoding != "UTF8")
            throw new StoreRefusedException(
                $"The store {connections.Store} is in a database with the encoding {encoding}, which cannot hold every text. " +
                "Make one with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");
    }

    /// <summary>The schema that is there; 0 for none yet.</summary>
    private async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!await ScalarAsync<bool>(connection, $"SELECT to_regclass('{schema}.store') IS NOT NULL", cancellationToken))
        {
            // A user who may not create schemas may be given one that is there.
            if (!await ScalarAsync<bool>(connection, $"SELECT to_regnamespace('{schema}') IS NOT NULL", cancellationToken))
                await RunAsync(connection, $"CREATE SCHEMA {schema}", cancellationToken);
            await RunAsync(connection, CreateStore(), cancellationToken);
        }
        int version = await ScalarAsync<int>(connection, $"SELECT schema FROM {schema}.store", cancellationToken);
        int minReader = await ScalarAsync<int>(connection, $"SELECT min_reader FROM {schema}.store", cancellationToken);
        if (minReader > Migrations.Current)
            throw new StoreRefusedException(
                $"The store {connections.Store} was written by a newer version of Errand: it has schema {version}, which needs a version that knows " +
                $"schema {minReader}, and this one knows {Migrations.Current}. Update Errand here, or use another schema. Nothing was changed.");
        return version;
    }

    /// <summary>
    /// Transaction ids, by which changes are ordered, begin anew when the tables are restored into another cluster: a cursor from before would
    /// point anywhere.
    /// </summary>
    private async Task StartFeedAnewAfterRestoreAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Moved = "system <> (SELECT system_identifier::text FROM pg_control_system())";
        if (!await ScalarAsync<bool>(connection, $"SELECT {Moved} FROM {schema}.store", cancellationToken)) return;
        await RunAsync(connection, $"""
            DELETE FROM {schema}.changes;
            UPDATE {schema}.store SET epoch = '{NewEpoch()}', floor = '0', system = (SELECT system_identifier::text FROM pg_control_system())
            """, cancellationToken);
    }

    private string CreateStore() => $"""
        CREATE TABLE {schema}.store (
            only boolean PRIMARY KEY DEFAULT true CHECK (only),
            schema integer NOT NULL,
            min_reader integer NOT NULL,
            epoch text NOT NULL,
            floor xid8 NOT NULL,
            system text NOT NULL
        );
        INSERT INTO {schema}.store (schema, min_reader, epoch, floor, system)
        SELECT 0, 0, '{NewEpoch()}', '0', system_identifier::text FROM pg_control_system();
        """;

    private static string? RefusalOf(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege =>
            $"cannot be set up: {e.MessageText}. Grant the user CREATE on the database, or make the schema for it: " +
            "CREATE SCHEMA … AUTHORIZATION the user.",
        PostgresErrorCodes.DuplicateTable =>
            $"cannot be set up: {e.MessageText}, and it is not Errand's. Choose a schema that Errand has to itself.",
        _ => null,
    };

    private static string NewEpoch() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task RunAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
