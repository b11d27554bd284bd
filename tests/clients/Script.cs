using System.Diagnostics;
using System.Text.Json;

namespace Errand.Clients.Tests;

/// <summary>Runs scripts that use the official clients of other languages.</summary>
internal static class Script
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromMinutes(1);
    private static readonly Lazy<string> Folder = new(Prepare);

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it says last, in JSON.</returns>
    public static Task<JsonElement> RunAsync(string script, params string[] arguments) => RunNodeAsync(Path.Combine(Folder.Value, script), arguments);

    /// <summary>Runs the program of a package to its end.</summary>
    /// <returns>All that it says, in JSON.</returns>
    public static async Task<JsonElement> RunPackageAsync(string program, params string[] arguments) =>
        Parse(await OutputAsync(Path.Combine(Setting("ERRAND_TEST_CLIENTS"), program), arguments));

    private static async Task<JsonElement> RunNodeAsync(string path, string[] arguments) =>
        Parse((await OutputAsync(path, arguments)).TrimEnd('\n').Split('\n')[^1]);

    private static async Task<string> OutputAsync(string path, string[] arguments)
    {
        using var limit = new CancellationTokenSource(SafetyNet);
        string node = Setting("ERRAND_TEST_NODE");
        var start = new ProcessStartInfo(node, [path, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder.Value,
        };
        // Programs that start others of their own find the same Node.js.
        start.Environment["PATH"] = $"{Path.GetDirectoryName(node)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{Path.GetFileName(path)} {string.Join(' ', arguments)} does not end: {await said}{await complaints}");
        }
        if (process.ExitCode != 0) Assert.Fail($"{Path.GetFileName(path)} {string.Join(' ', arguments)} failed: {await said}{await complaints}");
        return await said;
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    // The packages are beside the scripts, as Node.js expects them.
    private static string Prepare()
    {
        string folder = Directory.CreateTempSubdirectory("errand-scripts-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (string script in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "scripts")))
            File.Copy(script, Path.Combine(folder, Path.GetFileName(script)));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Setting("ERRAND_TEST_CLIENTS"));
        return folder;
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set: run ./test clients, or eval \"$(tests/clients/setup.sh start)\" before.");
}
