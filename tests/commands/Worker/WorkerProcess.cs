using System.Diagnostics;

namespace Errand.Commands.Tests.Worker;

/// <summary>A server in a process of its own, which the suite speaks to and kills.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly List<(string Wanted, TaskCompletionSource<string> Heard)> _waiting = [];
    private readonly Task _listening;
    private bool _isGone;

    private WorkerProcess(Process process)
    {
        _process = process;
        _listening = ListenAsync();
    }

    public int Id => _process.Id;

    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_said) return [.. _said];
        }
    }

    public static async Task<WorkerProcess> StartAsync(string folder)
    {
        string program = Environment.ProcessPath!;
        string[] arguments = ["worker", folder];
        // The suite runs through dotnet or by itself, and so do its workers.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments = [typeof(WorkerProcess).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        var worker = new WorkerProcess(Process.Start(start)!);
        await worker.HearAsync("ready");
        return worker;
    }

    /// <summary>Says a line. One that is gone does not hear it.</summary>
    public void Say(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It was killed.
        }
    }

    /// <summary>The first line that begins so, of those that were said and those that will be.</summary>
    public Task<string> HearAsync(string start)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_said)
        {
            if (_said.Find(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line) return Task.FromResult(line);
            if (_isGone) heard.SetException(Gone(start));
            else _waiting.Add((start, heard));
        }
        return heard.Task.WaitAsync(Safety, TestContext.Current.CancellationToken);
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _listening;
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        Say("stop");
        await _listening;
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        await Task.Yield();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            lock (_said)
            {
                _said.Add(line);
                foreach (var (wanted, heard) in _waiting)
                    if (line.StartsWith(wanted, StringComparison.Ordinal)) heard.TrySetResult(line);
            }
        lock (_said)
        {
            _isGone = true;
            foreach (var (wanted, heard) in _waiting) heard.TrySetException(Gone(wanted));
        }
    }

    private InvalidOperationException Gone(string wanted) => new($"The worker ended before it said '{wanted}'. It said:\n{string.Join('\n', _said)}");
}
