using System.Diagnostics;
using System.Text.Json;

namespace Errand.Clients.Tests;

/// <summary>The fixture as a process of its own, with a folder in which it keeps its jobs over its lives.</summary>
internal sealed class FixtureServer : IAsyncDisposable
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromMinutes(1);
    private Process? _process;
    private Task<string>? _complaints;

    public string Folder { get; } = Directory.CreateTempSubdirectory("errand-clients-").FullName;

    /// <summary>Where it listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>How a client starts it on a pipe.</summary>
    public string[] Command => ["dotnet", Assembly, Folder];

    /// <summary>The same for a script.</summary>
    public string CommandJson => JsonSerializer.Serialize(Command);

    // artifacts/bin/THIS/CONFIGURATION/ is beside artifacts/bin/FIXTURE/CONFIGURATION/.
    private static string Assembly
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(here.Parent!.Parent!.FullName, "Errand.ClientsFixture", here.Name, "Errand.ClientsFixture.dll");
        }
    }

    public static async Task<FixtureServer> StartAsync()
    {
        var server = new FixtureServer();
        await server.ListenAsync();
        return server;
    }

    /// <summary>Starts it on HTTP: its next life is where its last one was.</summary>
    public async Task ListenAsync()
    {
        using var limit = new CancellationTokenSource(SafetyNet);
        string url = Url.Length == 0 ? "http://127.0.0.1:0" : new Uri(Url).GetLeftPart(UriPartial.Authority);
        _process = Process.Start(new ProcessStartInfo("dotnet", [Assembly, Folder, url])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder,
        })!;
        _complaints = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        string? ready = await _process.StandardOutput.ReadLineAsync(limit.Token);
        if (ready?.StartsWith("ready ", StringComparison.Ordinal) != true) Assert.Fail($"The fixture said '{ready}': {await _complaints}");
        Url = ready["ready ".Length..];
    }

    /// <summary>Ends it without a warning: on Unix by SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Leaves a sign for the fixture.</summary>
    public void Leave(string sign) => File.WriteAllText(Path.Combine(Folder, sign), "");

    /// <summary>How often the fixture has left a sign.</summary>
    public int Count(string sign) => File.Exists(Path.Combine(Folder, sign)) ? File.ReadAllLines(Path.Combine(Folder, sign)).Length : 0;

    /// <summary>Waits for a sign of the fixture.</summary>
    public async Task WaitForAsync(string sign, int count = 1)
    {
        using var limit = new CancellationTokenSource(SafetyNet);
        while (Count(sign) < count) await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
