using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Stores.Tests.Sqlite;

public sealed class SqliteConformanceTests : JobStoreConformance, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly Dictionary<IJobStore, string> _paths = [];

    public void Dispose() => _folder.Dispose();

    protected override ValueTask<IJobStore> CreateAsync() => new(Over(Path.Combine(_folder.Root, $"{_paths.Count}.db")));

    protected override ValueTask<IJobStore?> ReopenAsync(IJobStore store) => new(Over(_paths[store]));

    protected override ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => new(Over(_paths[store]));

    private IJobStore Over(string path)
    {
        var store = _folder.Store(path);
        _paths.Add(store, path);
        return store;
    }
}
