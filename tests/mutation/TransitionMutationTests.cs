using Errand.Testing;

namespace Errand.Mutation.Tests;

/// <summary>A store that mistakes anything at all about a transition of the life cycle is found out.</summary>
public sealed class TransitionMutationTests(ITestOutputHelper output)
{
    private const int Worlds = 40;
    private static readonly TransitionMutant[] Mutants = [.. LifeCycle.Transitions.SelectMany(TransitionMutant.Of)];

    private static bool Long => Environment.GetEnvironmentVariable("ERRAND_LONG") == "1";

    [Fact]
    public async Task Every_mutant_of_a_transition_dies_by_the_conformance_suite()
    {
        var conformance = await ConformanceRun<TransitionShape>.OverSoundAsync(applied => new MemorySubject(null, applied));

        var fates = await conformance.KillAsync(Mutants, mutant => [mutant.Shape], mutant => new MemorySubject(mutant));

        Fates.Tell(output, "mutants of transitions", fates);
        Assert.Empty(fates.Where(fate => fate.Killer is null).Select(fate => fate.Mutant));
    }

    /// <summary>
    /// Much of what a store could mistake no server ever does. But where a step of every life is not taken, the simulation must see it by
    /// itself; the long run puts all mutants before it and tells which of them only the conformance suite kills.
    /// </summary>
    [Fact]
    public void A_store_that_refuses_what_happens_in_every_life_is_found_out_by_the_simulation_alone()
    {
        var mutants = Long ? Mutants : [.. Mutants.Where(IsOfEveryLife)];
        var killers = new string?[mutants.Length];
        Parallel.For(0, mutants.Length, new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => killers[i] = KillerOf(mutants[i]));
        var fates = mutants.Zip(killers).ToArray();

        Fates.Tell(output, $"mutants of transitions in up to {Worlds} simulated worlds each", fates);
        Assert.DoesNotContain(fates, fate => fate.Second is null && IsOfEveryLife(fate.First));
    }

    // Start and adopt are steps that the store takes within a claim. In the simulated world no server leaves in good order and gives its jobs
    // back, no work ends cancelled of its own accord, and what runs is neither noted upon nor handed over.
    private static bool IsOfEveryLife(TransitionMutant mutant) =>
        mutant.Shape.Name is not ("start" or "adopt" or "give back" or "cancelled" or "note" or "hand over")
        && mutant.Name.StartsWith("does not start from Running (", StringComparison.Ordinal);

    private static string? KillerOf(TransitionMutant mutant)
    {
        for (int seed = 1; seed <= Worlds; seed++)
            if (JobSimulation.Run(seed, new() { Stores = new MutantStores(mutant) }).Problems.Count > 0) return $"the world of seed {seed}";
        return null;
    }
}
