using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Storm;
using Errand.Chaos.Tests.Worker;
using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Chaos.Tests.Raids;

/// <summary>
/// Three workers on one store, of which some are killed again and again while there is work. The suite itself looks at the store and runs
/// nothing on it: what gets done is done by the workers.
/// </summary>
internal sealed class Raid : IAsyncDisposable
{
    private readonly Random _chance = new(Chance.Seed);
    private readonly CancellationTokenSource _safety = new(Chance.Long ? TimeSpan.FromMinutes(15) : TimeSpan.FromMinutes(2));
    private readonly List<long> _inFlight = [];
    private readonly List<string> _problems = [];
    private readonly Action<WorkerProcess, string[]> _heard;
    private readonly SqliteJobStore _store;
    private int _kills;

    private Raid(string name, Action<WorkerProcess, string[]>? heard)
    {
        Console.WriteLine($"  • {name}: ERRAND_SEED={Chance.Seed}");
        _heard = heard ?? ((_, _) => { });
        Fleet = new(Folder, Workers, Heard, _ => { });
        _store = new(new() { Path = Folder.Store }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance);
    }

    public static int Workers => 3;

    public ChaosFolder Folder { get; } = new();

    public Fleet Fleet { get; }

    public IJobStore Store => _store;

    /// <summary>What was done to the workers, for people.</summary>
    public string Struck => $"{_kills} kills with {_inFlight.Min()} to {_inFlight.Max()} jobs in flight";

    /// <summary>What never may happen, and was told by workers.</summary>
    public IReadOnlyList<string> Problems
    {
        get { lock (_problems) return [.. _problems]; }
    }

    /// <summary>Begins with three workers that are ready.</summary>
    /// <param name="name">A name for people.</param>
    /// <param name="heard">Is told what the workers say.</param>
    public static async Task<Raid> BeginAsync(string name, Action<WorkerProcess, string[]>? heard = null)
    {
        var raid = new Raid(name, heard);
        try
        {
            await raid._store.OpenAsync();
            raid.Fleet.Start();
            await raid.UntilAsync(() => raid.Fleet.Ready().Count == Workers);
            return raid;
        }
        catch
        {
            await raid.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has a host do something that is gone afterwards.</summary>
    public async Task<T> VisitAsync<T>(Func<ChaosHost, Task<T>> visit)
    {
        await using var host = await ChaosHost.StartAsync(Folder.Settings() with { RunsJobs = false, Output = Folder.Output }, null, (_, _) => { });
        return await visit(host);
    }

    public Task SubmitAsync(IReadOnlyList<JobSpec> specs) => VisitAsync(host => host.Client.SubmitAsync(specs).AsTask());

    /// <summary>Submits more and more, so that there is always something to do until something has ended.</summary>
    /// <param name="until">What is to end.</param>
    /// <param name="live">How many jobs there are to be.</param>
    /// <param name="submit">Submits some.</param>
    public async Task FeedAsync(Task until, int live, Func<Task> submit)
    {
        do
        {
            if (await LiveAsync() < live) await submit();
            else await Task.WhenAny(until, Task.Delay(20, _safety.Token));
            Check();
        }
        while (!until.IsCompleted);
        await until;
    }

    /// <summary>Kills some workers at once, again and again, whenever all are there and enough is running.</summary>
    /// <param name="times">How often.</param>
    /// <param name="inFlight">How many jobs must be running.</param>
    /// <param name="mostAtOnce">How many workers may be killed at once.</param>
    /// <param name="aim">Waits for a good moment.</param>
    public async Task StrikeAsync(int times, int inFlight, int mostAtOnce = 1, Func<Task>? aim = null)
    {
        for (int i = 0; i < times; i++)
        {
            // Not always just when the last one has begun to work.
            await Task.Delay(_chance.Next(150), _safety.Token);
            long running = 0;
            await UntilAsync(async () => Fleet.Ready().Count == Workers && (running = await RunningAsync()) >= inFlight);
            if (aim is not null) await aim();
            _inFlight.Add(running);
            WorkerProcess[] victims = [.. Fleet.Ready()];
            _chance.Shuffle(victims);
            victims = victims[..(1 + (i % mostAtOnce))];
            _kills += victims.Length;
            await Task.WhenAll(victims.Select(Fleet.KillAsync));
        }
    }

    public Task AllEndedAsync() => UntilAsync(async () => await LiveAsync() == 0);

    public Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            Check();
            await Task.Delay(20, _safety.Token);
        }
    }

    public async Task<long> RunningAsync() => (await Store.CountAsync(new() { States = [JobState.Running] })).GetValueOrDefault(JobState.Running);

    public async Task<IReadOnlyDictionary<JobId, Job>> JobsAsync()
    {
        Dictionary<JobId, Job> jobs = [];
        await foreach (var job in StoredJobs.AllAsync(Store)) jobs.Add(job.Id, job);
        return jobs;
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        await _store.DisposeAsync();
        await Folder.DisposeAsync();
        _safety.Dispose();
    }

    private async Task<long> LiveAsync() =>
        (await Store.CountAsync(new() { States = [JobState.Queued, JobState.Running, JobState.Waiting] })).Values.Sum();

    private void Check()
    {
        if (Fleet.Crashed() is { } crashed) throw new InvalidOperationException($"Worker {crashed.Name} ended by itself.");
        if (Problems is [var first, ..]) throw new InvalidOperationException(first);
    }

    private void Heard(WorkerProcess worker, string[] line)
    {
        bool isWrong = line[0] == Words.Wrong || (line[0] == Words.Logged && line[1] == $"{Logs.EndRefused}");
        if (isWrong)
            lock (_problems) _problems.Add($"{worker.Name}: {string.Join(' ', line)}");
        _heard(worker, line);
    }
}
