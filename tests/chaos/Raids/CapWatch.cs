using Errand.Chaos.Tests.Worker;
using Errand.Storage;

namespace Errand.Chaos.Tests.Raids;

/// <summary>Counts again and again what is under way under caps: the jobs themselves, and not what the store counts of them for the cap.</summary>
internal sealed class CapWatch(IJobStore store)
{
    /// <summary>The cap that jobs name themselves, and the tag that all of them carry.</summary>
    public const string Key = "gpu";

    public const int MostOfKey = 3;

    private static readonly JobQuery Held = new() { States = [JobState.Running, JobState.Waiting] };
    private readonly Dictionary<string, int> _counted = [];
    private long _ofKind, _ofKey;
    private int _looks;

    /// <summary>The jobs of a turn: each third under the cap of its kind, under one of its own, and under both.</summary>
    public static IReadOnlyList<JobSpec> Specs(Random chance, int count, int millis) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var spec = new JobSpec(i % 3 == 0 ? Kinds.Again : Kinds.Capped, ChaosJson.Write(new Piece(0, chance.Next(1, millis))));
            return i % 3 == 1 ? spec : spec with { Tags = [Key], Caps = [new(Key, new() { Running = MostOfKey })] };
        }),
    ];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            // Each count is one read of one snapshot.
            _ofKind = Math.Max(_ofKind, await CountAsync(Held with { Kind = Kinds.Capped }));
            _ofKey = Math.Max(_ofKey, await CountAsync(Held with { Tag = Key }));
            foreach (var use in await store.ListCapsAsync("", null, 10, CancellationToken.None))
                _counted[use.Cap.Name] = Math.Max(_counted.GetValueOrDefault(use.Cap.Name), use.Running);
            _looks++;
            await Task.WhenAny(Task.Delay(2, stop));
        }
    }

    /// <summary>Both caps were used up, and neither was ever exceeded.</summary>
    public void Check()
    {
        Assert.Equal((Kinds.MostCapped, MostOfKey), (_ofKind, _ofKey));
        Assert.Equal((Kinds.MostCapped, MostOfKey), (_counted[$"kind/{Kinds.Capped}"], _counted[$"key/{Key}"]));
    }

    public override string ToString() => $"{_looks} looks saw {_ofKind} and {_ofKey} at once at most";

    private async Task<long> CountAsync(JobQuery query) => (await store.CountAsync(query, CancellationToken.None)).Values.Sum();
}
