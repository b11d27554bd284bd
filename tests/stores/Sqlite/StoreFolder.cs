using Errand.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>A folder for stores that goes away with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    /// <summary>A script that makes a store of the first schema, with some of everything in it.</summary>
    public static string FirstSchema => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sqlite", "Fixtures", "schema-1.sql"));

    public string Root { get; } = Directory.CreateTempSubdirectory("errand-").FullName;

    public string File => Path.Combine(Root, "errand.db");

    public SqliteJobStore Store(string? path = null) => Store(new SqliteStoreOptions { Path = path ?? File });

    public static SqliteJobStore Store(SqliteStoreOptions options, TimeProvider? time = null) =>
        new(options, time ?? TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance);

    public async Task<SqliteJobStore> OpenedAsync(string? path = null)
    {
        var store = Store(path);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }

    /// <summary>Makes the file anew, of what a script says.</summary>
    public void Fill(string script)
    {
        System.IO.File.Delete(File);
        using var connection = SqliteConnection.Open(File, ConnectionMode.Create);
        connection.Execute(script);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
