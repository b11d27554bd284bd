namespace Errand.Mutation.Tests;

/// <summary>A store over SQLite that lacks any term of any condition is found out.</summary>
public sealed class SqlMutationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_mutant_of_a_condition_in_SQL_dies_by_the_conformance_suite()
    {
        // Without the hints, so that it is known that a mutant does not die of their being gone.
        var conformance = await ConformanceRun<string>.OverSoundAsync(prepared => new SqliteSubject(sql =>
        {
            prepared(sql);
            return SqlMutant.WithoutHints(sql);
        }));
        var mutants = SqlMutant.Of(conformance.Parts.Where(IsOfJobs));
        var (endless, tried) = (mutants.Where(IsEndless).ToArray(), mutants.Where(mutant => !IsEndless(mutant)).ToArray());

        var fates = await conformance.KillAsync(tried, mutant => mutant.Texts.Keys, mutant => new SqliteSubject(mutant.Rewrite));

        Fates.Tell(output, "mutants of conditions in SQL", fates);
        foreach (var mutant in endless) output.WriteLine($"  not tried, since it never ends: {mutant}");
        Assert.DoesNotContain(fates, fate => fate.Killer is null && !IsEquivalent(fate.Mutant));
        // What is exempt must be there and do no harm, or the list of the exempt is wrong.
        Assert.DoesNotContain(fates, fate => fate.Killer is not null && IsEquivalent(fate.Mutant));
        Assert.DoesNotContain(ExemptMutant.Equivalent.Concat(ExemptMutant.Endless), exempt => !mutants.Any(exempt.Means));
    }

    // How a file is made and recognised is no business of the conformance suite: the store's own tests open files of every kind.
    private static bool IsOfJobs(string sql) =>
        !sql.StartsWith("CREATE", StringComparison.Ordinal) && !sql.StartsWith("ALTER", StringComparison.Ordinal) && !sql.Contains("FROM sqlite_schema") && !sql.Contains("FROM meta");

    private static bool IsEndless(SqlMutant mutant) => ExemptMutant.Endless.Any(exempt => exempt.Means(mutant));

    private static bool IsEquivalent(SqlMutant mutant) => ExemptMutant.Equivalent.Any(exempt => exempt.Means(mutant));
}
