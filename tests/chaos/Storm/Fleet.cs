using System.Collections.Concurrent;
using Errand.Chaos.Tests.Processes;

namespace Errand.Chaos.Tests.Storm;

/// <summary>The workers of a storm: there are always as many, for each that is killed is replaced.</summary>
internal sealed class Fleet(ChaosFolder folder, int size, Action<WorkerProcess, string[]> heard, Action<WorkerProcess> gone) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WorkerProcess> _workers = [];

    /// <summary>All that there ever were.</summary>
    public ConcurrentQueue<WorkerProcess> Everyone { get; } = [];

    public void Start()
    {
        for (int i = 0; i < size; i++) StartOne();
    }

    /// <summary>Those that can be spoken to, frozen or not.</summary>
    public IReadOnlyList<WorkerProcess> Ready()
    {
        lock (_lock) return [.. _workers.Where(worker => worker.IsReady)];
    }

    /// <summary>One that has ended although nobody killed it.</summary>
    public WorkerProcess? Crashed()
    {
        lock (_lock) return _workers.Find(worker => worker.Ended.IsCompleted);
    }

    public async Task KillAsync(WorkerProcess worker)
    {
        lock (_lock) _workers.Remove(worker);
        await worker.KillAsync();
        StartOne();
        gone(worker);
    }

    public Task<int[]> StopAsync()
    {
        lock (_lock) return Task.WhenAll(_workers.Select(worker => worker.StopAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Everyone) await worker.DisposeAsync();
    }

    private void StartOne()
    {
        var worker = WorkerProcess.Start(folder.Settings() with { Output = folder.Output, Tells = false }, heard);
        Everyone.Enqueue(worker);
        lock (_lock) _workers.Add(worker);
    }
}
