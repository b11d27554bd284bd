using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Stores.Tests;

public sealed class MemoryConformanceTests : JobStoreConformance
{
    protected override ValueTask<IJobStore> CreateAsync() => new(new MemoryJobStore());
}
