using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

/// <summary>
/// What every job store must do, as tests. Derive a class from it in a test project, say how a store is made, and run it:
/// <c>docs/writing-a-store.md</c> shows how.
/// </summary>
/// <remarks>Every test gets a store of its own. The suite opens the stores it is given, and disposes of them.</remarks>
public abstract partial class JobStoreConformance : IAsyncLifetime
{
    private readonly List<IJobStore> _opened = [];

    /// <summary>The store of the test that runs.</summary>
    protected IJobStore Store { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes a store that is empty and not yet opened.</summary>
    protected abstract ValueTask<IJobStore> CreateAsync();

    /// <summary>
    /// Makes a new instance, not yet opened, over what a store has kept that was disposed of; nothing for a store that forgets.
    /// </summary>
    /// <param name="store">The store that was disposed of.</param>
    protected virtual ValueTask<IJobStore?> ReopenAsync(IJobStore store) => default;

    /// <summary>
    /// Makes another instance, not yet opened, over the same data while the first one is in use, as another process would; nothing for a
    /// store that is its own process's alone.
    /// </summary>
    /// <param name="store">The store that is in use.</param>
    protected virtual ValueTask<IJobStore?> OpenSecondAsync(IJobStore store) => default;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Store = await OpenedAsync(await CreateAsync());

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async ValueTask<IJobStore> OpenedAsync(IJobStore store)
    {
        _opened.Add(store);
        await store.OpenAsync(Token);
        return store;
    }

    /// <summary>Another way to the same jobs: a second instance where the store can have one, and the same one where it cannot.</summary>
    private async ValueTask<IJobStore> SecondAsync() =>
        await OpenSecondAsync(Store) is { } second ? await OpenedAsync(second) : Store;
}
