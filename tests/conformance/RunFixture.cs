namespace Errand.Conformance.Tests;

/// <summary>One run for each revision, for all tests.</summary>
public sealed class RunFixture : IAsyncLifetime
{
    private readonly Dictionary<string, ConformanceRun> _runs = [];

    internal ConformanceRun this[string revision] => _runs[revision];

    public async ValueTask InitializeAsync()
    {
        foreach (string revision in Revisions.All) _runs[revision] = await ConformanceRun.OfAsync(revision);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
