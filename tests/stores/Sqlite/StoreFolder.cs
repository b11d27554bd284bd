using Errand.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>A folder for stores that goes away with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
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

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
