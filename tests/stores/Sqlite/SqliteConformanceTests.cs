using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Stores.Tests.Sqlite;

public sealed class SqliteConformanceTests : JobStoreConformance, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override ValueTask<IJobStore> CreateAsync() => new(_folder.Store());

    protected override ValueTask<IJobStore?> ReopenAsync(IJobStore store) => new(_folder.Store());

    protected override ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => new(_folder.Store());
}
