namespace Errand.Conformance.Tests;

/// <summary>The official conformance suite of MCP, against a server that is made of what users have.</summary>
public sealed class ConformanceTests(RunFixture runs) : IClassFixture<RunFixture>
{
    // So that a run in which nothing ran is not taken for one in which nothing failed.
    private const int FewestChecks = 80;

    private static readonly IReadOnlyList<ExpectedFailure> Expected = ExpectedFailure.ReadAll();

    public static TheoryData<string> AllRevisions => [.. Revisions.All];

    /// <summary>The task scenarios and how many checks each of them has.</summary>
    public static TheoryData<string, int> TaskScenarios => new()
    {
        { "tasks-lifecycle", 9 }, { "tasks-capability-negotiation", 5 }, { "tasks-wire-fields", 4 },
        { "tasks-request-state-removal", 3 }, { "tasks-mrtr-input", 4 }, { "tasks-request-headers", 5 },
        { "tasks-dispatch-and-envelope", 9 }, { "tasks-required-task-error", 3 }, { "tasks-mrtr-composition", 2 },
    };

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public void Every_check_passes_that_is_not_listed_with_a_reason(string revision)
    {
        var run = runs[revision];
        Assert.True(run.Checks.Count >= FewestChecks, $"Only {run.Checks.Count} checks were made:\n{run.Said}");
        var unexpected = run.Checks.Where(check => !check.Passed && !Listed(revision).Any(known => known.Is(check)));
        Assert.Empty(unexpected.Select(check => $"{check.Name}: {check.Status} {check.ErrorMessage}"));
    }

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public void Every_check_that_is_listed_still_needs_its_place_there(string revision)
    {
        var stale = Listed(revision).Where(known => !runs[revision].Checks.Any(known.Is));
        Assert.Empty(stale.Select(known => known.Check));
    }

    [Fact]
    public void Every_check_that_is_listed_has_a_reason() =>
        Assert.DoesNotContain(Expected, known => known.Reason.Length < 20 || !Revisions.All.Contains(known.Revision));

    [Theory]
    [MemberData(nameof(TaskScenarios))]
    public void O2_the_tasks_extension_passes_in_full(string scenario, int checks)
    {
        var results = runs[Revisions.Stateless].Checks.Where(check => check.Scenario == scenario).ToList();
        Assert.Equal(checks, results.Count(check => check.Passed));
        Assert.Equal(checks, results.Count);
    }

    private static IEnumerable<ExpectedFailure> Listed(string revision) => Expected.Where(known => known.Revision == revision);
}
