using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlConformanceTests : JobStoreConformance, IAsyncDisposable
{
    private readonly List<string> _schemas = [];

    protected override ValueTask<IJobStore> CreateAsync()
    {
        var options = PostgreSqlServer.NewOptions();
        _schemas.Add(options.Schema);
        return new(PostgreSqlServer.NewStore(options));
    }

    protected override ValueTask<IJobStore?> ReopenAsync(IJobStore store) => new(PostgreSqlServer.NewStore(PostgreSqlServer.OptionsOf(store)));

    protected override ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => new(PostgreSqlServer.NewStore(PostgreSqlServer.OptionsOf(store)));

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        foreach (string schema in _schemas) await PostgreSqlServer.DropAsync(schema);
    }
}
