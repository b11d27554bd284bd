using Xunit;

namespace Errand.Docs.Tests;

/// <summary>docs/requirements.md says of every requirement how far it is, and which tests show it. This holds it to that.</summary>
public sealed class RequirementsTests
{
    private static readonly string[] Requirements =
    [
        .. Ids("A", 12), .. Ids("B", 9), .. Ids("C", 9), .. Ids("D", 9), .. Ids("E", 7), .. Ids("F", 8), .. Ids("G", 5),
        .. Ids("H", 7), .. Ids("I", 4), .. Ids("J", 10), .. Ids("K", 5), .. Ids("L", 6), .. Ids("M", 9), .. Ids("N", 8),
        .. Ids("O", 9), .. Ids("P", 10), .. Ids("Q", 3), .. Ids("R", 4), .. Ids("S", 9), .. Ids("T", 7),
    ];

    private static readonly string[] Behaviours = [.. Enumerable.Range(1, 55).Select(number => $"B-{number:00}")];

    private static readonly IReadOnlyList<RequirementRow> Rows = RequirementRow.ReadAll();

    [Fact]
    public void Every_requirement_and_every_behaviour_has_one_row() =>
        Assert.Equal([.. Requirements, .. Behaviours], Rows.Select(row => row.Id));

    [Fact]
    public void Every_state_is_one_of_three() =>
        Assert.Empty(Rows.Where(row => row.State is not ("done" or "partly" or "not yet")).Select(row => $"{row.Id} is '{row.State}'"));

    [Fact]
    public void What_is_done_names_a_test() =>
        Assert.Empty(Rows.Where(row => row is { State: "done", Tests: [] }).Select(row => row.Id));

    [Fact]
    public void Every_named_test_passed_in_this_run()
    {
        var suites = Suite.ReadAll();
        var absent = suites.Where(suite => !suite.HasRun && suite.Name != "docs").Select(suite => suite.Name).ToList();
        if (absent is not [])
            TestContext.Current.AddWarning($"Not part of this run, so their tests need only be there: {string.Join(", ", absent)}.");

        Assert.Empty(from row in Rows
                     from test in row.Tests
                     where !suites.Any(suite => suite.Shows(test))
                     select $"{row.Id} names {test}, which {(absent is [] ? "did not pass" : "is not there or did not pass")}");
    }

    private static IEnumerable<string> Ids(string letter, int count) => Enumerable.Range(1, count).Select(number => $"{letter}{number}");
}
