using System.Diagnostics;
using Errand.Chaos.Tests.Processes;

namespace Errand.Chaos.Tests.Storm;

/// <summary>
/// Kills workers, and freezes them for a moment or for so long that others take them for gone. When is told by how many jobs have ended, so
/// that a slow machine is struck as often as a fast one.
/// </summary>
internal sealed class Strikes(StormPlan plan, ChaosFolder folder, Fleet fleet, Ledger ledger, IJobClient client, CancellationToken cancellation)
{
    private static readonly TimeSpan LongestUnnoticed = TimeSpan.FromSeconds(25);
    private readonly Lock _choice = new();
    private readonly List<Task> _thaws = [];
    private readonly List<long> _inFlight = [];
    private readonly List<TimeSpan> _longFreezes = [];
    private WorkerProcess? _longFrozen, _frozenBefore, _witness;

    /// <summary>Counts the runners that were taken for gone because they were silent.</summary>
    public Tally Silences { get; } = new();

    public int Kills { get; private set; }

    public int ShortFreezes { get; private set; }

    /// <summary>Freezes that were given up, because nobody could take the frozen one for gone.</summary>
    public int FreezesInVain { get; private set; }

    public IReadOnlyList<TimeSpan> LongFreezes => _longFreezes;

    /// <summary>How many jobs were running at each strike.</summary>
    public IReadOnlyList<long> InFlight => _inFlight;

    public async Task RunAsync()
    {
        await Task.WhenAll(StrikeAsync(new(plan.Seed)), FreezeLongAsync(new(~plan.Seed)));
        await Task.WhenAll(_thaws);
    }

    private async Task StrikeAsync(Random chance)
    {
        int due = plan.EndsPerStrike;
        for (int kills = plan.Kills, freezes = plan.ShortFreezes; kills + freezes > 0; due += chance.Next(plan.EndsPerStrike * 2))
        {
            await ledger.Ends.ReachesAsync(due).WaitAsync(cancellation);
            bool kill = chance.Next(kills + freezes) < kills;
            if (!await TryStrikeAsync(chance, kill)) continue;
            if (kill) kills--;
            else freezes--;
        }
    }

    private async Task<bool> TryStrikeAsync(Random chance, bool kill)
    {
        await ManyInFlightAsync();
        Task killing;
        lock (_choice)
        {
            // Somebody must live for as long as a lease to see that another is silent.
            var choice = fleet.Ready().Where(worker => worker != _longFrozen && (kill ? worker != _witness : !worker.IsFrozen)).ToArray();
            if (choice.Length == 0) return false;
            var worker = choice[chance.Next(choice.Length)];
            if (!kill)
            {
                ShortFreezes++;
                worker.Freeze();
                _thaws.Add(ThawAsync(worker, chance.Next(5, 150), TimeSpan.FromMilliseconds(chance.Next(50, 2500))));
                return true;
            }
            Kills++;
            killing = fleet.KillAsync(worker);
        }
        await killing;
        return true;
    }

    private async Task ThawAsync(WorkerProcess worker, int ends, TimeSpan atMost)
    {
        await EndsAsync(ends, atMost);
        lock (_choice) worker.Thaw();
    }

    private async Task FreezeLongAsync(Random chance)
    {
        while (_longFreezes.Count < plan.LongFreezes)
        {
            await ManyInFlightAsync();
            int silences = Silences.Value;
            if (FreezeOne(chance) is not { } frozen)
            {
                await EndsAsync(10, TimeSpan.FromMilliseconds(100));
                continue;
            }
            long frozenAt = Stopwatch.GetTimestamp();
            if (await OthersNoticeAsync(Silences.ReachesAsync(silences + 1)))
            {
                await EndsAsync(chance.Next(100), TimeSpan.FromSeconds(1));
                _longFreezes.Add(Stopwatch.GetElapsedTime(frozenAt));
            }
            else FreezesInVain++;
            lock (_choice)
            {
                frozen.Thaw();
                _longFrozen = _witness = null;
            }
        }
    }

    /// <summary>
    /// Waits until others have taken the frozen one for gone. In vain, if it has the lock of the file in its hand, for then they wait for it; or
    /// if it was about to come back under a new name, which nobody misses yet. Then another freeze has to do.
    /// </summary>
    private async Task<bool> OthersNoticeAsync(Task noticed)
    {
        long since = Stopwatch.GetTimestamp();
        while (!noticed.IsCompleted)
            if (!await EndsAsync(50, TimeSpan.FromSeconds(4)) || Stopwatch.GetElapsedTime(since) > LongestUnnoticed) return false;
        return true;
    }

    private WorkerProcess? FreezeOne(Random chance)
    {
        lock (_choice)
        {
            if (fleet.Ready().Count < plan.Workers) return null;
            // Nobody misses one that has not shown that it lives: it has just started, or is just coming back under a new name.
            var choice = fleet.Ready().Where(worker => !worker.IsFrozen && worker != _frozenBefore && folder.HasJournal(worker.Name)).ToArray();
            var witnesses = fleet.Ready().Where(worker => !worker.IsFrozen).ToArray();
            if (choice.Length == 0 || witnesses.Length < plan.Workers) return null;
            _longFrozen = _frozenBefore = choice[chance.Next(choice.Length)];
            chance.Shuffle(witnesses);
            _witness = witnesses.First(worker => worker != _longFrozen);
            _longFrozen.Freeze();
            return _longFrozen;
        }
    }

    private async Task ManyInFlightAsync()
    {
        while (true)
        {
            var counts = await client.CountAsync(new() { States = [JobState.Running] }, cancellation);
            long running = counts.GetValueOrDefault(JobState.Running);
            if (running >= plan.InFlight)
            {
                lock (_choice) _inFlight.Add(running);
                return;
            }
            await EndsAsync(20, TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Waits until so many more jobs have ended; where a frozen process holds up all others, only so long.</summary>
    private async Task<bool> EndsAsync(int count, TimeSpan atMost)
    {
        var ends = ledger.Ends.ReachesAsync(ledger.Ends.Value + count);
        return await Task.WhenAny(ends, Task.Delay(atMost, cancellation)) == ends;
    }
}
