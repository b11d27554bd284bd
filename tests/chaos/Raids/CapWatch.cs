using Errand.Chaos.Tests.Worker;
using Errand.Storage;

namespace Errand.Chaos.Tests.Raids;

/// <summary>Counts again and again what is under way under caps: the jobs themselves, and not what the store counts of them for the cap.</summary>
internal sealed class CapWatch(IJobStore store)
{
    /// <summary>The cap that jobs name themselves, and the tag that all of them carry.</summary>
    public const string Key = "gpu";

    public const int MostOfKey = 3;

    private static readonly JobState[] Held = [JobState.Running, JobState.Waiting];

    public long MostOfKindSeen { get; private set; }

    public long MostOfKeySeen { get; private set; }

    /// <summary>The most that the store counted under either cap.</summary>
    public Dictionary<string, int> MostCounted { get; } = [];

    public int Looks { get; private set; }

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
            MostOfKindSeen = Math.Max(MostOfKindSeen, (await store.CountAsync(new() { Kind = Kinds.Capped, States = Held }, CancellationToken.None)).Values.Sum());
            MostOfKeySeen = Math.Max(MostOfKeySeen, (await store.CountAsync(new() { Tag = Key, States = Held }, CancellationToken.None)).Values.Sum());
            foreach (var use in await store.ListCapsAsync("", null, 10, CancellationToken.None))
                MostCounted[use.Cap.Name] = Math.Max(MostCounted.GetValueOrDefault(use.Cap.Name), use.Running);
            Looks++;
            await Task.WhenAny(Task.Delay(2, stop));
        }
    }

    /// <summary>Both caps were used up, and neither was ever exceeded.</summary>
    public void Check()
    {
        Assert.Equal((Kinds.MostCapped, MostOfKey), (MostOfKindSeen, MostOfKeySeen));
        Assert.Equal([Kinds.MostCapped, MostOfKey], [MostCounted[$"kind/{Kinds.Capped}"], MostCounted[$"key/{Key}"]]);
    }
}
