using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Stores.Tests.Sqlite;

public sealed class SqliteConformanceTests(SqliteConformanceTests.Folder folder) : JobStoreConformance, IClassFixture<SqliteConformanceTests.Folder>
{
    private readonly Dictionary<IJobStore, string> _paths = [];

    protected override ValueTask<IJobStore> CreateAsync() => new(Over(folder.NewPath()));

    protected override ValueTask<IJobStore?> ReopenAsync(IJobStore store) => new(Over(_paths[store]));

    protected override ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => new(Over(_paths[store]));

    private IJobStore Over(string path)
    {
        var store = folder.Stores.Store(path);
        _paths.Add(store, path);
        return store;
    }

    /// <summary>Outlives the stores of all tests, which are closed after each of them.</summary>
    public sealed class Folder : IDisposable
    {
        private int _made;

        internal StoreFolder Stores { get; } = new();

        public void Dispose() => Stores.Dispose();

        internal string NewPath() => Path.Combine(Stores.Root, $"{Interlocked.Increment(ref _made)}.db");
    }
}
