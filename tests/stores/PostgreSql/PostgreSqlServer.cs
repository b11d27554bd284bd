using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Errand.PostgreSql;
using Errand.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Errand.Stores.Tests;

/// <summary>The server that the tests run against. Every test has a schema of its own there, so that they can run side by side.</summary>
internal static class PostgreSqlServer
{
    private static readonly ConcurrentDictionary<IJobStore, PostgreSqlStoreOptions> Options = new();

    /// <summary>Where the server is. A test that cannot find it fails: a skipped test shows nothing.</summary>
    public static string ConnectionString => Environment.GetEnvironmentVariable("ERRAND_TEST_POSTGRES") is { Length: > 0 } text
        ? new NpgsqlConnectionStringBuilder(text) { MaxPoolSize = 16, IncludeErrorDetail = true }.ConnectionString
        : throw new InvalidOperationException(
            "ERRAND_TEST_POSTGRES is not set, so there is no PostgreSQL to test against. Run './test stores', which starts one, or " +
            "'eval \"$(tests/lib/postgres.sh start)\"' beforehand.");

    public static PostgreSqlStoreOptions NewOptions() => new()
    {
        ConnectionString = ConnectionString,
        Schema = $"test_{RandomNumberGenerator.GetHexString(12, lowercase: true)}",
    };

    public static PostgreSqlJobStore NewStore(PostgreSqlStoreOptions options)
    {
        var store = new PostgreSqlJobStore(options, TimeProvider.System, WorkScheduler.Default, NullLogger<PostgreSqlJobStore>.Instance);
        Options[store] = options;
        return store;
    }

    /// <summary>The options that a store was made with.</summary>
    public static PostgreSqlStoreOptions OptionsOf(IJobStore store) => Options[store];

    public static async Task DropAsync(string schema) => await RunAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE");

    public static async Task RunAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<string>> ReadAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync()) rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }

    public static async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
