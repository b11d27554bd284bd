using System.Diagnostics;
using System.Globalization;
using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Storm;

/// <summary>A storm: workers submit, run and cancel jobs while they are killed and frozen; then there is calm, in which everything ends.</summary>
internal sealed class StormRun : IAsyncDisposable
{
    private readonly StormPlan _plan;
    private readonly ChaosHost _host;
    private readonly Fleet _fleet;
    private readonly Feed _feed;
    private readonly CancellationTokenSource _safety;
    private readonly CancellationTokenSource _calm = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public StormRun(StormPlan plan, ChaosFolder folder, ChaosHost host, TimeSpan atMost)
    {
        _plan = plan;
        _host = host;
        _safety = new(atMost);
        Ledger = new(host.Client, _safety.Token);
        _feed = new(plan, Ledger);
        _fleet = new(folder, plan.Workers, Heard, _feed.Gone);
        Strikes = new(plan, folder, _fleet, Ledger, host.Client, _safety.Token);
        Observer = new(host.Store);
    }

    public Ledger Ledger { get; }

    public Strikes Strikes { get; }

    public FeedObserver Observer { get; }

    public int GivenAgain => _feed.GivenAgain;

    /// <summary>The warnings of all workers, by their numbers.</summary>
    public SortedDictionary<int, int> Warnings { get; } = [];

    public IReadOnlyCollection<WorkerProcess> Everyone => _fleet.Everyone;

    public TimeSpan Took { get; private set; }

    public async Task RunAsync()
    {
        using var stopped = new CancellationTokenSource();
        var observing = Observer.RunAsync(stopped.Token);
        _fleet.Start();
        var giving = GiveAsync();
        await await Task.WhenAny(StrikeAsync(), giving);
        await await Task.WhenAny(EndAllAsync(), giving);
        await _calm.CancelAsync();
        await giving;
        int[] codes = await _fleet.StopAsync();
        if (codes.Any(code => code != 0)) Ledger.Problem($"the workers stopped with {string.Join(", ", codes)}");
        await stopped.CancelAsync();
        await observing;
        Took = Stopwatch.GetElapsedTime(_startedAt);
    }

    public async ValueTask DisposeAsync()
    {
        await _safety.CancelAsync();
        await _fleet.DisposeAsync();
    }

    private async Task StrikeAsync()
    {
        await Strikes.RunAsync();
        _feed.Finish();
    }

    private async Task EndAllAsync()
    {
        while (Ledger.Kept.Value < Math.Max(_plan.Jobs, _feed.Given))
            await Ledger.Kept.ReachesAsync(Math.Max(_plan.Jobs, _feed.Given)).WaitAsync(_safety.Token);
        _feed.CancelTheRest();
        await Ledger.AllEndedAsync();
    }

    private async Task GiveAsync()
    {
        while (!_calm.IsCancellationRequested)
        {
            if (_fleet.Crashed() is { } crashed) throw new InvalidOperationException($"Worker {crashed.Name} ended by itself.");
            _feed.Give(_fleet.Ready());
            await Task.WhenAny(Task.Delay(10, _calm.Token));
            _safety.Token.ThrowIfCancellationRequested();
        }
    }

    private void Heard(WorkerProcess worker, string[] line)
    {
        if (line[0] == Words.Wrong) Ledger.Problem($"{worker.Name}: {string.Join(' ', line)}");
        if (line[0] == Words.Logged) Count(int.Parse(line[1], CultureInfo.InvariantCulture), line);
        _feed.Heard(worker, line);
    }

    private void Count(int warning, string[] line)
    {
        lock (Warnings) Warnings[warning] = Warnings.GetValueOrDefault(warning) + 1;
        if (warning == Logs.RunnerLapsed && line.Contains("silent")) Strikes.Silences.Add();
    }
}
