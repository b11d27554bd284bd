using Errand.Testing.Conformance;

namespace Errand.Tests.Output;

public sealed class MemoryOutputLogConformanceTests : OutputLogConformance
{
    protected override ValueTask<IOutputLog> CreateAsync(OutputOptions options, TimeProvider time) => new(new MemoryOutputLog(options, time));
}

public sealed class FileOutputLogConformanceTests : OutputLogConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask<IOutputLog> CreateAsync(OutputOptions options, TimeProvider time) =>
        new(new FileOutputLog(_folder.Path, options, time));

    protected override ValueTask<IOutputLog?> OpenSecondAsync(IOutputLog log, OutputOptions options, TimeProvider time) =>
        new(new FileOutputLog(_folder.Path, options, time));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
