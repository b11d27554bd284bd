using System.Diagnostics;

namespace Errand.Server.Tests;

/// <summary>What a run of the errand command came to.</summary>
internal sealed record CommandEnd(int Code, string Out, string Error)
{
    /// <summary>Its last line, without the end.</summary>
    public string LastLine => Out.TrimEnd('\n').Split('\n')[^1];
}

/// <summary>The errand command as a process of its own, as users have it.</summary>
internal static class ErrandProcess
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    // artifacts/bin/THIS/CONFIGURATION/ is beside artifacts/bin/Errand.Cli/CONFIGURATION/.
    private static string Executable
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(here.Parent!.Parent!.FullName, "Errand.Cli", here.Name, OperatingSystem.IsWindows() ? "Errand.Cli.exe" : "Errand.Cli");
        }
    }

    public static Process Start(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["ERRAND_DATA"] = data;
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath) is { } folder && File.Exists(Path.Combine(folder, "dotnet")) ? folder
            : Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Process.Start(start)!;
    }

    public static async Task<CommandEnd> RunAsync(string data, params string[] arguments)
    {
        using var process = Start(data, arguments);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static async Task<CommandEnd> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(SafetyNet);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new(process.ExitCode, await output, await error);
    }
}
