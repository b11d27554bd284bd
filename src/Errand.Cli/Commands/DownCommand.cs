using System.CommandLine;
using System.Diagnostics;

namespace Errand.Cli;

/// <summary>Ends the server; commands that run go on, unless they are to be cancelled.</summary>
internal sealed class DownCommand : CliCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int WaitMs = 1000;
    private readonly Option<bool> _cancel = new("--cancel") { Description = "Cancel what runs before the server ends." };

    public DownCommand(CliEdges edges)
        : base("down", "End the server. Commands that run go on, and the next 'errand up' takes them up again.", edges) => Options.Add(_cancel);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        int cancelled = parsed.GetValue(_cancel) ? await CancelAllAsync(server, cancellationToken) : 0;
        // From the server itself, because the id in the file may be another process's by now.
        var stats = (await server.StatsAsync(cancellationToken)).Value;
        long running = stats.Jobs.GetValueOrDefault("running") + stats.Jobs.GetValueOrDefault("waiting");
        using (var process = FindProcess(stats.Pid))
        {
            if (process is not null && !ProcessSignal.Terminate(process))
                throw new CliException(ExitCodes.Refused, $"Process {stats.Pid} may not be ended by you.");
            if (process is not null) await AwaitAsync(process);
        }
        string text = "The server has ended.";
        if (cancelled > 0) text += $" Jobs that were cancelled: {cancelled}.";
        if (running > 0) text += $" Jobs that go on: {running}; 'errand up' takes them up again.";
        await Edges.Out.WriteLineAsync(text);
        return ExitCodes.Ok;
    }

    private async Task AwaitAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience, Edges.Time);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException)
        {
            throw new CliException(
                ExitCodes.Failed,
                $"The server (process {process.Id}) was told to end and has not done so in {Patience.TotalSeconds:F0} s. Its log may say why.");
        }
    }

    /// <summary>Cancels what is queued, runs or waits, and waits for its end, as long as a server may take to end.</summary>
    /// <returns>How many jobs were cancelled.</returns>
    private async Task<int> CancelAllAsync(ServerConnection server, CancellationToken cancellationToken)
    {
        var cancelled = new HashSet<string>(StringComparer.Ordinal);
        long startedAt = Edges.Time.GetTimestamp();
        while (Edges.Time.GetElapsedTime(startedAt) < Patience)
        {
            string? last = null;
            foreach (string state in (string[])["queued", "waiting", "running"])
            {
                var page = (await server.ListAsync($"state={state}&limit=200", cancellationToken)).Value;
                foreach (var job in page.Items)
                    if (cancelled.Add(last = job.Id)) await server.CancelAsync(job.Id, cancellationToken);
            }
            if (last is null) break;
            await server.WaitAsync(last, WaitMs, cancellationToken);
        }
        return cancelled.Count;
    }

    private static Process? FindProcess(int id)
    {
        try { return Process.GetProcessById(id); }
        catch (ArgumentException) { return null; }
    }
}
