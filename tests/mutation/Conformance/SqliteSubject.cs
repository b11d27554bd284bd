using Errand.Sqlite;
using Errand.Storage;
using Errand.Testing.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Mutation.Tests;

/// <summary>The conformance suite over SQLite, with its statements changed.</summary>
internal sealed class SqliteSubject(Func<string, string> rewrite) : JobStoreConformance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-mutant-").FullName;
    private readonly Dictionary<IJobStore, string> _paths = [];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override ValueTask<IJobStore> CreateAsync() => new(Over(Path.Combine(_folder, $"{_paths.Count}.db")));

    protected override ValueTask<IJobStore?> ReopenAsync(IJobStore store) => new(Over(_paths[store]));

    protected override ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => new(Over(_paths[store]));

    private SqliteJobStore Over(string path)
    {
        var options = new SqliteStoreOptions { Path = path, RewriteSql = sql => rewrite(Unsynced(sql)) };
        var store = new SqliteJobStore(options, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance);
        _paths.Add(store, path);
        return store;
    }

    // Thousands of files are made and thrown away; none has to survive a loss of power.
    private static string Unsynced(string sql) => sql.Replace("synchronous = FULL", "synchronous = OFF", StringComparison.Ordinal);
}
