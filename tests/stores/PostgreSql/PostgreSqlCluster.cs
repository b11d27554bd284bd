using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Errand.Stores.Tests;

/// <summary>A server of a test's own, which it may stop and start.</summary>
internal sealed partial class PostgreSqlCluster : IAsyncDisposable
{
    private readonly string _place = $"artifacts/postgres-{Environment.ProcessId}-{Guid.NewGuid():n}.place";

    private PostgreSqlCluster() { }

    public string ConnectionString { get; private set; } = "";

    public static async Task<PostgreSqlCluster> StartAsync()
    {
        var cluster = new PostgreSqlCluster();
        cluster.ConnectionString = ConnectionText().Match(await cluster.RunAsync("start")).Groups[1].Value;
        return cluster;
    }

    /// <summary>Stops the server: by <c>pause</c> or <c>crash</c>.</summary>
    public Task StopAsync(string how) => RunAsync(how);

    public Task ResumeAsync() => RunAsync("resume");

    public async ValueTask DisposeAsync() => await RunAsync("stop");

    private async Task<string> RunAsync(string what)
    {
        string script = Environment.GetEnvironmentVariable("ERRAND_TEST_POSTGRES_CONTROL") ?? throw new InvalidOperationException(
            "ERRAND_TEST_POSTGRES_CONTROL is not set, so no server can be started. Run './test stores'.");
        using var process = Process.Start(new ProcessStartInfo(script, [what])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ERRAND_TEST_POSTGRES_PLACE"] = _place },
        })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"'{script} {what}' ended with {process.ExitCode}: {await complained}");
        return await said;
    }

    [GeneratedRegex("ERRAND_TEST_POSTGRES='([^']*)'")]
    private static partial Regex ConnectionText();
}
