using System.Diagnostics;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Processes;

/// <summary>A worker in a process of its own, which the suite speaks to, freezes and kills.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(2);
    private readonly Lock _lock = new();
    private readonly Process _process;
    private readonly Action<WorkerProcess, string[]> _heard;
    private readonly List<string[]> _lines = [];
    private readonly List<(Predicate<string[]> Wanted, TaskCompletionSource<string[]> Heard)> _waiting = [];
    private bool _isGone;

    private WorkerProcess(WorkerSettings settings, Process process, Action<WorkerProcess, string[]>? heard)
    {
        Settings = settings;
        _process = process;
        _heard = heard ?? ((_, _) => { });
        Ended = ListenAsync();
    }

    public WorkerSettings Settings { get; }

    public string Name => Settings.Name;

    public bool IsReady { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>When it was killed, on the clock of the journals.</summary>
    public long? KilledAt { get; private set; }

    /// <summary>Ends once the process is gone and everything that it said was heard.</summary>
    public Task<int> Ended { get; }

    /// <summary>Starts a worker.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="heard">Is told what it says.</param>
    public static WorkerProcess Start(WorkerSettings settings, Action<WorkerProcess, string[]>? heard = null)
    {
        string program = Environment.ProcessPath!;
        string[] arguments = ["worker", settings.ToString()];
        // The suite runs through dotnet or by itself, and so do its workers.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments = [typeof(WorkerProcess).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // What is optimized later than a worker lives only costs time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(settings, Process.Start(start)!, heard);
    }

    /// <summary>Says a line to the worker. One that is gone does not hear it.</summary>
    public void Say(string line)
    {
        try
        {
            lock (_process) _process.StandardInput.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its end is noticed elsewhere.
        }
    }

    /// <summary>The first line that is wanted, of those that were said and those that will be.</summary>
    public Task<string[]> HearAsync(Predicate<string[]> wanted)
    {
        var heard = new TaskCompletionSource<string[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Find(wanted) is { } line) return Task.FromResult(line);
            if (_isGone) heard.SetException(Gone());
            else _waiting.Add((wanted, heard));
        }
        return heard.Task.WaitAsync(Safety);
    }

    public Task<string[]> HearAsync(params string[] words) => HearAsync(line => line.AsSpan().StartsWith(words));

    public IReadOnlyList<string[]> Said()
    {
        lock (_lock) return [.. _lines];
    }

    public void Freeze()
    {
        IsFrozen = true;
        Signals.Freeze(_process.Id);
    }

    public void Thaw()
    {
        IsFrozen = false;
        if (!Ended.IsCompleted) Signals.Thaw(_process.Id);
    }

    public async Task KillAsync()
    {
        IsReady = false;
        if (!Ended.IsCompleted)
        {
            KilledAt = Stopwatch.GetTimestamp();
            Signals.End(_process.Id);
        }
        await Ended;
    }

    /// <summary>Has the worker stop as a host stops.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Say(Words.Stop);
        return await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted) Signals.Thaw(_process.Id);
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> ListenAsync()
    {
        // Not before the constructor has ended.
        await Task.Yield();
        while (await _process.StandardOutput.ReadLineAsync() is { } line) Hear(line.Split(' '));
        await _process.WaitForExitAsync();
        IsReady = false;
        lock (_lock)
        {
            _isGone = true;
            foreach (var (_, heard) in _waiting) heard.TrySetException(Gone());
            _waiting.Clear();
        }
        return _process.ExitCode;
    }

    private void Hear(string[] line)
    {
        if (line[0] == Words.Ready) IsReady = true;
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (wanted, heard) in _waiting)
                if (wanted(line)) heard.TrySetResult(line);
            _waiting.RemoveAll(waiter => waiter.Heard.Task.IsCompleted);
        }
        _heard(this, line);
    }

    private InvalidOperationException Gone() => new($"Worker {Name} ended before it said what was waited for. It said: {string.Join("\n", Said().Select(line => string.Join(' ', line)))}");
}
