using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Raids;

/// <summary>Freezes a worker in the middle of its jobs, until others have taken it for gone and its jobs with it, and lets it go on.</summary>
internal sealed class LongFreeze(Raid raid)
{
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(3);

    /// <summary>How many jobs the frozen worker held.</summary>
    public int Held { get; private set; }

    public async Task RunAsync(Random chance)
    {
        var frozen = await FreezeAsync(chance);
        await raid.UntilAsync(() => raid.Fleet.Ready().Any(HasSeenSilence));
        await raid.UntilAsync(() => raid.Folder.ReadJournals().Count(line => line is { Deed: Deed.Started, Attempt: > 1 }) >= Held);
        frozen.Thaw();
        await frozen.HearAsync(Words.Logged, $"{Logs.Lapsed}");
    }

    private async Task<WorkerProcess> FreezeAsync(Random chance)
    {
        while (true)
        {
            var worker = raid.Fleet.Ready()[chance.Next(Raid.Workers)];
            await raid.UntilAsync(() => Open(worker) > 1);
            worker.Freeze();
            Held = Open(worker);
            // One that has the lock of the file in its hand holds up all others, who then cannot tell that it is silent.
            if (Held > 0 && await CanWriteAsync()) return worker;
            worker.Thaw();
        }
    }

    /// <summary>How many bodies a worker has begun and not ended.</summary>
    private int Open(WorkerProcess worker) => raid.Folder.ReadJournals()
        .Where(line => line.Run.StartsWith($"{worker.Name}-", StringComparison.Ordinal))
        .GroupBy(line => line.Run)
        .Count(run => run.Last().Deed != Deed.Ended);

    private async Task<bool> CanWriteAsync()
    {
        using var cancellation = new CancellationTokenSource(LongestWrite);
        try
        {
            await raid.Store.WriteRecordAsync("test/lock", 0, JobData.Parse("1"), cancellation.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            return false;
        }
    }

    private static bool HasSeenSilence(WorkerProcess worker) =>
        worker.Said().Any(line => line[0] == Words.Logged && line[1] == $"{Logs.RunnerLapsed}" && line.Contains("silent"));
}
