using Errand.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Errand.Testing;

/// <summary>
/// Errand as a host runs it, for tests: the shipped registration, client and runner, on the test's own thread, with a clock that only the
/// test moves. Nothing happens behind the test's back, nothing waits for real, and every run takes the same course.
/// </summary>
/// <remarks>
/// What jobs await must be of this clock (<see cref="JobContext.Time"/>), of Errand, or done already: real I/O ends at moments that no clock
/// moved by hand can foresee. Work that is declared blocking runs on the test's thread, too.
/// </remarks>
public sealed class ErrandTest : IDisposable
{
    private readonly Action<ErrandBuilder> _build;
    private readonly IJobStore _store;
    private readonly IOutputLog _output;
    private readonly ServiceProvider _services;
    private readonly IHostedService[] _hosted;
    private bool _stopped;

    private ErrandTest(SimulatedWorld world, Action<ErrandBuilder> build, IJobStore store, IOutputLog? output)
    {
        World = world;
        _build = build;
        _store = store;
        Node = world.AddNode($"host{world.NodeCount + 1}");
        _output = output ?? new MemoryOutputLog(OutputOptions.Memory, Node.Time);
        _services = NewServices(build);
        _hosted = [.. _services.GetServices<IHostedService>()];
        Client = _services.GetRequiredService<IJobClient>();
        World.Run(Node, StartHostedAsync);
        World.RunToIdle();
    }

    /// <summary>The façade of the host.</summary>
    public IJobClient Client { get; }

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _services;

    /// <summary>The host's clock; its wall clock can be made to jump.</summary>
    public SimulatedTime Time => Node.Time;

    /// <summary>The host as a process: it can be frozen, thawed and killed.</summary>
    public SimulatedNode Node { get; }

    /// <summary>The world that the host lives in, with the hosts beside it.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Starts a host.</summary>
    /// <param name="build">Says which jobs there are, as in a host of one's own.</param>
    /// <param name="store">Where jobs are kept; the test disposes it. Default: in memory.</param>
    /// <param name="seed">Decides what runs first where several things could. Default: 1.</param>
    public static ErrandTest Start(Action<ErrandBuilder> build, IJobStore? store = null, int seed = 1) =>
        new(new SimulatedWorld(seed), build, store ?? new MemoryJobStore(), null);

    /// <summary>Starts another host over the same store and output, as a second process or as the next life of one that was killed.</summary>
    /// <param name="build">Says which jobs there are. Default: the same.</param>
    /// <param name="store">This host's own way to the store. Default: the same.</param>
    public ErrandTest StartAnother(Action<ErrandBuilder>? build = null, IJobStore? store = null) =>
        new(World, build ?? _build, store ?? _store, _output);

    /// <summary>Calls the façade and lets things happen, and time pass where needed, until the answer is there.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="call">What to call.</param>
    /// <exception cref="TimeoutException">There was no answer within an hour of the host's time.</exception>
    public T Run<T>(Func<IJobClient, ValueTask<T>> call) => World.Run(Node, () => call(Client));

    /// <summary>Calls the façade and lets things happen, and time pass where needed, until it has answered.</summary>
    /// <param name="call">What to call.</param>
    /// <exception cref="TimeoutException">It did not answer within an hour of the host's time.</exception>
    public void Run(Func<IJobClient, ValueTask> call) => World.Run(Node, () => call(Client));

    /// <summary>Calls the façade without waiting for the answer, which comes while the test lets time pass.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="call">What to call.</param>
    public BegunCall<T> Begin<T>(Func<IJobClient, ValueTask<T>> call)
    {
        var begun = new BegunCall<T>();
        Node.Post(() => begun.Begin(() => call(Client)));
        World.RunToIdle();
        return begun;
    }

    /// <summary>Lets everything happen that can happen now. No time passes.</summary>
    public void RunToIdle() => World.RunToIdle();

    /// <summary>Lets time pass, and everything happen that comes due on the way.</summary>
    /// <param name="time">How much.</param>
    public void Advance(TimeSpan time) => World.Advance(time);

    /// <summary>Stops the host as a shutdown does: running jobs may end within the limits of <see cref="ErrandOptions"/>.</summary>
    public void Stop()
    {
        if (_stopped || Node.IsDead) return;
        _stopped = true;
        World.Run(Node, StopHostedAsync);
        World.RunToIdle();
    }

    /// <summary>Stops the host, and takes the process away from under whatever still runs.</summary>
    public void Dispose()
    {
        Node.Thaw();
        Stop();
        Node.Kill();
        // Nothing of the host runs any more, so that whatever it disposes now ends at once.
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private ServiceProvider NewServices(Action<ErrandBuilder> build)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Node.Time);
        services.AddSingleton(Node.Scheduler);
        services.AddSingleton<Func<DateTimeOffset, JobId>>(World.NewId);
        services.AddSingleton<IHostProcesses>(new SimulatedProcesses(World, Node));
        services.AddSingleton(_store);
        services.AddSingleton(_output);
        build(services.AddErrand());
        return services.BuildServiceProvider();
    }

    private async ValueTask StartHostedAsync()
    {
        _services.GetService<IStartupValidator>()?.Validate();
        foreach (var hosted in _hosted) await hosted.StartAsync(CancellationToken.None);
    }

    private async ValueTask StopHostedAsync()
    {
        foreach (var hosted in _hosted.Reverse()) await hosted.StopAsync(CancellationToken.None);
    }
}
