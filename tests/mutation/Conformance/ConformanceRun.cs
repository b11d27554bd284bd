using System.Collections.Concurrent;
using System.Diagnostics;
using Errand.Testing.Conformance;

namespace Errand.Mutation.Tests;

/// <summary>
/// The conformance suite as a killer of mutants. A first run over the sound store tells which parts each case makes use of; a mutant is then
/// put before those cases alone that use what it changes, until one fails.
/// </summary>
/// <typeparam name="TPart">What a mutant changes: a statement, a transition.</typeparam>
internal sealed class ConformanceRun<TPart> where TPart : notnull
{
    // A mutant may keep a case waiting for what never comes. Such a case is put off, and believed only when nothing else has an answer.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(1), LongPatience = TimeSpan.FromSeconds(90);

    private readonly IReadOnlyCollection<Killer> _killers;

    private ConformanceRun(IReadOnlyCollection<Killer> killers) => _killers = killers;

    /// <summary>Everything that any case makes use of.</summary>
    public IEnumerable<TPart> Parts => _killers.SelectMany(killer => killer.Uses).Distinct();

    /// <summary>Runs every case over the sound store, which must pass them all.</summary>
    /// <param name="subject">Makes the subject of a case; it is to call back with what is used.</param>
    public static async Task<ConformanceRun<TPart>> OverSoundAsync(Func<Action<TPart>, JobStoreConformance> subject)
    {
        var killers = new ConcurrentBag<Killer>();
        await EachAsync(ConformanceCase.All, async one =>
        {
            var uses = new ConcurrentDictionary<TPart, bool>();
            long began = Stopwatch.GetTimestamp();
            if (await one.RunAsync(subject(part => uses.TryAdd(part, true)), LongPatience) is { } error) Assert.Fail($"{one.Name} fails without a mutant: {error}");
            killers.Add(new(one, uses.Keys.ToHashSet(), Stopwatch.GetElapsedTime(began)));
        });
        return new(killers);
    }

    /// <summary>Puts mutants before the cases.</summary>
    /// <param name="mutants">The mutants.</param>
    /// <param name="changes">What a mutant changes.</param>
    /// <param name="subject">Makes a subject with a mutant in it.</param>
    /// <returns>The mutants with the name of the case that each died of, if it died.</returns>
    public async Task<IReadOnlyList<(TMutant Mutant, string? Killer)>> KillAsync<TMutant>(
        IReadOnlyList<TMutant> mutants, Func<TMutant, IEnumerable<TPart>> changes, Func<TMutant, JobStoreConformance> subject)
    {
        var killers = new string?[mutants.Count];
        await EachAsync(Enumerable.Range(0, mutants.Count), async i => killers[i] = await KillerOfAsync([.. changes(mutants[i])], () => subject(mutants[i])));
        return [.. mutants.Zip(killers)];
    }

    private async Task<string?> KillerOfAsync(TPart[] changed, Func<JobStoreConformance> subject)
    {
        List<Killer> undecided = [];
        // Those that have killed before come first, then the quick ones.
        foreach (var killer in _killers.Where(killer => killer.Uses.Overlaps(changed)).OrderByDescending(killer => killer.Merit).ThenBy(killer => killer.Took))
        {
            var error = await killer.Case.RunAsync(subject(), ShortPatience);
            if (error is null) continue;
            if (error is not TimeoutException) return killer.Won();
            killer.Hung();
            undecided.Add(killer);
        }
        foreach (var killer in undecided)
            if (await killer.Case.RunAsync(subject(), LongPatience) is not null) return killer.Case.Name;
        return null;
    }

    // Out of the context of the test that runs, so that what the cases print of their seeds does not drown its own words.
    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> act)
    {
        using (ExecutionContext.SuppressFlow())
            return Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (item, _) => await act(item));
    }

    /// <summary>A case, with what is known of it.</summary>
    private sealed class Killer(ConformanceCase one, IReadOnlySet<TPart> uses, TimeSpan took)
    {
        private int _merit;

        public ConformanceCase Case => one;

        public IReadOnlySet<TPart> Uses => uses;

        public TimeSpan Took => took;

        public int Merit => Volatile.Read(ref _merit);

        public string Won()
        {
            Interlocked.Increment(ref _merit);
            return one.Name;
        }

        public void Hung() => Interlocked.Exchange(ref _merit, -1);
    }
}
