using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Brings the tables up to date, one process at a time, or refuses them. Tables that are refused are left as they are.</summary>
internal sealed class StoreSchema(Connections connections, string schema, IReadOnlyList<Migration> migrations)
{
    private const int OldestServer = 15;
    private const string System = "(SELECT system_identifier::text FROM pg_control_system())";

    private readonly int _newest = migrations[^1].Schema;

    /// <summary>Checks the tables, and migrates them where they are older or not there.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => connections.RunAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await PrepareAsync(new Script(connection, cancellationToken));
        }
        catch (PostgresException e) when (RefusalOf(e) is { } refusal)
        {
            throw new StoreRefusedException($"The store {connections.Store} cannot be set up: {e.MessageText}. {refusal}", e);
        }
        await transaction.CommitAsync(cancellationToken);
        return true;
    }, cancellationToken);

    private async Task PrepareAsync(Script script)
    {
        await CheckServerAsync(script);
        // Several processes may open a new store at once: whoever gets the lock second finds the work done. It ends with the transaction.
        await script.RunAsync($"SELECT pg_advisory_xact_lock(hashtextextended('errand schema {schema}', 0))");
        if (!await script.ReadAsync<bool>($"SELECT to_regclass('{schema}.meta') IS NOT NULL")) await CreateMetaAsync(script);
        int current = await script.ReadAsync<int>($"SELECT schema FROM {schema}.meta");
        int reader = await script.ReadAsync<int>($"SELECT min_reader FROM {schema}.meta");
        if (reader > _newest)
        {
            throw new StoreRefusedException(
                $"The store {connections.Store} was written by a newer version of Errand (its schema is {current} and needs a build that knows " +
                $"{reader}; this one knows {_newest}). Update Errand, or choose another schema for the store. Everything was left as it is.");
        }
        foreach (var migration in migrations)
            if (migration.Schema > current) await ApplyAsync(script, migration);
        await StartFeedAnewAfterRestoreAsync(script);
    }

    private async Task CheckServerAsync(Script script)
    {
        if (script.Connection.PostgreSqlVersion.Major < OldestServer)
        {
            throw new StoreRefusedException(
                $"The store {connections.Store} is on PostgreSQL {script.Connection.PostgreSqlVersion}, and Errand needs {OldestServer} or newer. " +
                "Upgrade the server.");
        }
        string encoding = await script.ReadAsync<string>("SELECT current_setting('server_encoding')");
        if (encoding != "UTF8")
        {
            throw new StoreRefusedException(
                $"The store {connections.Store} is in a database with the encoding {encoding}, which cannot hold every text. " +
                "Make a database with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");
        }
    }

    private async Task CreateMetaAsync(Script script)
    {
        // A user who may not make a schema may have been given one.
        if (!await script.ReadAsync<bool>($"SELECT to_regnamespace('{schema}') IS NOT NULL")) await script.RunAsync($"CREATE SCHEMA {schema}");
        await script.RunAsync($"""
            CREATE TABLE {schema}.meta (
                schema integer NOT NULL, min_reader integer NOT NULL, epoch text NOT NULL, floor xid8 NOT NULL, system text NOT NULL);
            INSERT INTO {schema}.meta (schema, min_reader, epoch, floor, system) SELECT 0, 0, '{NewEpoch()}', '0', {System}
            """);
    }

    private async Task ApplyAsync(Script script, Migration migration)
    {
        await script.RunAsync(migration.Sql.Replace("{schema}", schema, StringComparison.Ordinal));
        await script.RunAsync(string.Create(CultureInfo.InvariantCulture,
            $"UPDATE {schema}.meta SET schema = {migration.Schema}, min_reader = {migration.MinReader}"));
    }

    /// <summary>
    /// Numbers of transactions, by which the feed tells what is new, begin anew when the tables are restored into another cluster: cursors from
    /// before would point anywhere.
    /// </summary>
    private async Task StartFeedAnewAfterRestoreAsync(Script script)
    {
        if (await script.ReadAsync<bool>($"SELECT system = {System} FROM {schema}.meta")) return;
        await script.RunAsync($"DELETE FROM {schema}.change; UPDATE {schema}.meta SET epoch = '{NewEpoch()}', floor = '0', system = {System}");
    }

    private static string? RefusalOf(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege =>
            "Grant the user CREATE on the database, or make a schema for it: CREATE SCHEMA … AUTHORIZATION the user.",
        PostgresErrorCodes.DuplicateTable => "The table is not Errand's; choose a schema that Errand has to itself.",
        _ => null,
    };

    private static string NewEpoch() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Statements one after the other, within one transaction.</summary>
    private sealed record Script(NpgsqlConnection Connection, CancellationToken CancellationToken)
    {
        public async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            await command.ExecuteNonQueryAsync(CancellationToken);
        }

        public async Task<T> ReadAsync<T>(string sql)
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            return (T)(await command.ExecuteScalarAsync(CancellationToken))!;
        }
    }
}
