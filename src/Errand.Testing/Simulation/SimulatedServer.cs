using Errand.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Testing;

/// <summary>A server of a simulated world over its lives: each is a node with the shipped client, runner and deferral in it.</summary>
internal sealed class SimulatedServer
{
    private static readonly IServiceProvider Services = new ServiceCollection().BuildServiceProvider();
    private readonly SimulatedWorld _world;
    private readonly string _name;
    private readonly Func<SimulatedServer, IJobStore> _store;
    private readonly Auditor _auditor;
    private readonly ErrandOptions _options;
    private int _lives;

    public SimulatedServer(SimulatedWorld world, string name, ErrandOptions options, Auditor auditor, Func<SimulatedServer, IJobStore> store)
    {
        _world = world;
        _name = name;
        _options = options;
        _auditor = auditor;
        _store = store;
        Begin();
    }

    public SimulatedNode Node { get; private set; } = null!;

    public ErrandCore Core { get; private set; } = null!;

    public IJobClient Client => Core.Client;

    public bool IsDown { get; private set; }

    /// <summary>What the server does besides running jobs; told at the start of each life.</summary>
    public Action? Begun { get; set; }

    public void Crash(TimeSpan downFor)
    {
        if (IsDown) return;
        IsDown = true;
        _auditor.NodeDied(Node);
        Node.Kill();
        _world.Schedule(downFor, () =>
        {
            Begin();
            Begun?.Invoke();
        });
    }

    private void Begin()
    {
        IsDown = false;
        Node = _world.AddNode($"{_name}.{++_lives}");
        Core = new ErrandCore(new()
        {
            Options = _options,
            Store = _store(this),
            OutputLog = new MemoryOutputLog(OutputOptions.Memory, Node.Time),
            Kinds = new JobKinds(SimulatedWork.Kinds.Select(kind => SimulatedWork.KindOf(kind, Node, _auditor))),
            Services = Services,
            Logger = NullLogger.Instance,
            Time = Node.Time,
            Scheduler = Node.Scheduler,
            HostProcesses = new NoProcesses(),
            NewId = _world.NewId,
        });
        var core = Core;
        Node.Post(() => _ = core.StartAsync(CancellationToken.None));
    }

    private sealed class NoProcesses : IHostProcesses
    {
        public ProcessIdentity? Current => null;

        public bool IsGone(ProcessIdentity process) => false;
    }
}
