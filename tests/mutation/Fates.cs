namespace Errand.Mutation.Tests;

/// <summary>Says what became of mutants.</summary>
internal static class Fates
{
    public static void Tell<TMutant>(ITestOutputHelper output, string what, IReadOnlyList<(TMutant Mutant, string? Killer)> fates)
    {
        output.WriteLine($"ERRAND_SEED={Seed.Text}");
        output.WriteLine($"{fates.Count} {what}: {fates.Count(fate => fate.Killer is not null)} died");
        foreach (var killed in fates.Where(fate => fate.Killer is not null).CountBy(fate => fate.Killer!).OrderByDescending(killed => killed.Value))
            output.WriteLine($"  {killed.Value} by {killed.Key}");
        foreach (var (mutant, _) in fates.Where(fate => fate.Killer is null)) output.WriteLine($"  survived: {mutant}");
    }
}
