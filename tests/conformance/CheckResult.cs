using System.Text.Json;

namespace Errand.Conformance.Tests;

/// <summary>What came of one check of a scenario.</summary>
internal sealed record CheckResult(string Scenario, string Id, string Status, string? ErrorMessage)
{
    /// <summary>What a check says that has nothing against the server. All else, also a warning or a check left out, must be listed.</summary>
    private static readonly string[] Good = ["SUCCESS", "INFO"];

    public bool Passed => Good.Contains(Status);

    public string Name => $"{Scenario}/{Id}";

    /// <summary>Those that a run has left in a folder: one folder for each scenario, <c>server-SCENARIO-TIME</c>.</summary>
    public static IReadOnlyList<CheckResult> ReadAll(string folder) =>
    [
        .. from file in Directory.GetFiles(folder, "checks.json", SearchOption.AllDirectories)
           let scenario = ScenarioOf(Path.GetFileName(Path.GetDirectoryName(file)!))
           from check in JsonSerializer.Deserialize<CheckResult[]>(File.ReadAllText(file), JsonSerializerOptions.Web)!
           select check with { Scenario = scenario },
    ];

    private static string ScenarioOf(string folder) => folder["server-".Length..folder.IndexOf("-20", StringComparison.Ordinal)];
}
