using Errand.Sqlite;
using Errand.Storage;
using Errand.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Simulation.Tests;

/// <summary>
/// One SQLite file for all servers of a simulated world, each with an instance of its own, as processes have. An instance of a server that
/// was killed is closed without a word; one that is frozen holds no lock, since its steps are whole commits.
/// </summary>
internal sealed class SqliteStores : ISimulatedStores, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-simulation-").FullName;
    private readonly List<SqliteJobStore> _opened = [];
    private readonly SimulatedWorld _aside = new(0);
    private readonly SqliteJobStore _auditors;

    public SqliteStores()
    {
        var node = _aside.AddNode("auditor");
        _auditors = NewInstance(node);
        _aside.Run(node, () => _auditors.OpenAsync());
    }

    // A write waits for its group's turn, and others come in between.
    public bool WritesAtOnce => false;

    public IJobStore Open(SimulatedNode node)
    {
        var store = NewInstance(node);
        _opened.Add(store);
        return store;
    }

    public IReadOnlyList<CapUse> Caps() => _auditors.ListCapsAsync("", null, 100).AsTask().Result;

    public Job? Read(JobId id) => _auditors.FindAsync(id).AsTask().Result;

    public void Dispose()
    {
        foreach (var store in _opened.Append(_auditors)) _ = store.DisposeAsync().AsTask();
        Directory.Delete(_folder, recursive: true);
    }

    private SqliteJobStore NewInstance(SimulatedNode node) => new(
        new() { Path = Path.Combine(_folder, "errand.db"), Doorbell = false }, node.Time, node.Scheduler, NullLogger<SqliteJobStore>.Instance);
}
