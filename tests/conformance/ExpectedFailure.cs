using System.Text.Json;

namespace Errand.Conformance.Tests;

/// <summary>A check that is known not to pass, and why that is not ours to mend.</summary>
internal sealed record ExpectedFailure(string Revision, string Check, string Status, string Reason)
{
    public bool Is(CheckResult check) => check.Name == Check && check.Status == Status;

    public static IReadOnlyList<ExpectedFailure> ReadAll() => JsonSerializer.Deserialize<ExpectedFailure[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "expected-failures.json")), JsonSerializerOptions.Web)!;
}
