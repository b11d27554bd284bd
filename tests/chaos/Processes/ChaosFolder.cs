using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Processes;

/// <summary>A folder with a store, journals and output, and the workers on it. Both are gone after the test, however it ends.</summary>
internal sealed class ChaosFolder : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _users = [];
    private int _workers;

    public ChaosFolder()
    {
        Directory.CreateDirectory(Journals);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("errand-chaos-").FullName;

    public string Store => Path.Combine(Root, "errand.db");

    public string Journals => Path.Combine(Root, "journals");

    public string Gate => Settings().Gate;

    public string Output => Path.Combine(Root, "output");

    public WorkerSettings Settings() => new() { Name = $"w{Interlocked.Increment(ref _workers)}", Store = Store, Journals = Journals, Tells = true };

    public async Task<WorkerProcess> StartAsync(Func<WorkerSettings, WorkerSettings>? configure = null)
    {
        var settings = Settings();
        var worker = await Keep(Task.FromResult(WorkerProcess.Start(configure?.Invoke(settings) ?? settings)));
        await worker.HearAsync(Words.Ready);
        return worker;
    }

    public async Task<T> Keep<T>(Task<T> starting) where T : IAsyncDisposable
    {
        var user = await starting;
        _users.Add(user);
        return user;
    }

    public IReadOnlyList<JournalLine> ReadJournals() =>
        [.. Directory.GetFiles(Journals).SelectMany(File.ReadLines).Select(line => JournalLine.Parse(line.Split(' ')))];

    /// <summary>Whether a worker has worked on anything.</summary>
    public bool HasJournal(string worker) => new FileInfo(Path.Combine(Journals, worker)) is { Exists: true, Length: > 0 };

    public async ValueTask DisposeAsync()
    {
        for (int i = _users.Count - 1; i >= 0; i--) await _users[i].DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
