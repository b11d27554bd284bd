using System.Diagnostics;

namespace Errand.Conformance.Tests;

/// <summary>A run of the suite against the fixture: what one revision requires, and what it knows beside.</summary>
internal sealed class ConformanceRun
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromMinutes(3);

    private ConformanceRun(IReadOnlyList<CheckResult> checks, string said) => (Checks, Said) = (checks, said);

    public IReadOnlyList<CheckResult> Checks { get; }

    /// <summary>What the suite and the fixture said.</summary>
    public string Said { get; }

    public static async Task<ConformanceRun> OfAsync(string revision)
    {
        string folder = Directory.CreateTempSubdirectory("errand-conformance-").FullName;
        using var limit = new CancellationTokenSource(SafetyNet);
        try
        {
            using var fixture = Start("dotnet", Fixture, Path.Combine(folder, "jobs.db"));
            try
            {
                var complaints = fixture.StandardError.ReadToEndAsync(limit.Token);
                string? ready = await fixture.StandardOutput.ReadLineAsync(limit.Token);
                if (ready?.StartsWith("ready ", StringComparison.Ordinal) != true) Assert.Fail($"The fixture said '{ready}': {await complaints}");
                string results = Path.Combine(folder, "results");
                using var suite = Start(Setting("ERRAND_TEST_NODE"), Setting("ERRAND_TEST_CONFORMANCE"),
                    "server", "--url", ready["ready ".Length..], "--requirements", revision, "--output-dir", results);
                var said = suite.StandardOutput.ReadToEndAsync(limit.Token);
                var errors = suite.StandardError.ReadToEndAsync(limit.Token);
                await suite.WaitForExitAsync(limit.Token);
                fixture.StandardInput.Close();
                await fixture.WaitForExitAsync(limit.Token);
                return new(CheckResult.ReadAll(results), $"{await said}{await errors}{await complaints}");
            }
            finally { fixture.Kill(entireProcessTree: true); }
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    // artifacts/bin/THIS/CONFIGURATION/ is beside artifacts/bin/FIXTURE/CONFIGURATION/.
    private static string Fixture
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(here.Parent!.Parent!.FullName, "Errand.ConformanceFixture", here.Name, "Errand.ConformanceFixture.dll");
        }
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set: run ./test conformance, or eval \"$(tests/conformance/setup.sh start)\" before.");

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
    })!;
}
