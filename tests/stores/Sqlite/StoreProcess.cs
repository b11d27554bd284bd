using System.Diagnostics;
using System.Globalization;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Another process that adds jobs to a store and prints the ids of those that were acknowledged.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private StoreProcess(Process process) => _process = process;

    public static StoreProcess Start(string path, int? adds = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Errand.StoreProcess.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, ArgumentList = { program, path } };
        if (adds is { } count) start.ArgumentList.Add(count.ToString(CultureInfo.InvariantCulture));
        return new(Process.Start(start)!);
    }

    /// <summary>The next job that was acknowledged; nothing at the end. A line that was cut off is no acknowledgement that anybody got.</summary>
    public async Task<JobId?> NextAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken) is { } line
            && JobId.TryParse(line, out var id) ? id : null;

    public async Task<List<JobId>> ReadToEndAsync(CancellationToken cancellationToken)
    {
        List<JobId> ids = [];
        while (await NextAsync(cancellationToken) is { } id) ids.Add(id);
        return ids;
    }

    /// <summary>Kills it without a warning (SIGKILL), at whatever it is doing.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
