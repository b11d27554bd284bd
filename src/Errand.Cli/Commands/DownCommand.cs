using System.CommandLine;
using System.Diagnostics;

namespace Errand.Cli;

/// <summary>Ends the server.</summary>
/// <remarks>Commands do not outlive their server yet: it stops them, and their jobs end as interrupted.</remarks>
internal sealed class DownCommand(CliEdges edges)
    : CliCommand("down", "End the server. Commands that run are stopped, and their jobs end as interrupted.", edges)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        // From the server itself, because the id in the file may be another process's by now.
        var stats = (await server.StatsAsync(cancellationToken)).Value;
        long running = stats.Jobs.GetValueOrDefault("running") + stats.Jobs.GetValueOrDefault("waiting");
        using (var process = FindProcess(stats.Pid))
        {
            if (process is not null && !ProcessSignal.Terminate(process))
                throw new CliException(ExitCodes.Refused, $"Process {stats.Pid} may not be ended by you.");
            using var limit = new CancellationTokenSource(Patience, Edges.Time);
            try
            {
                if (process is not null) await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new CliException(
                    ExitCodes.Failed,
                    $"The server (process {stats.Pid}) was told to end and has not done so in {Patience.TotalSeconds:F0} s. Its log may say why.");
            }
        }
        await Edges.Out.WriteLineAsync(running == 0
            ? "The server has ended."
            : $"The server has ended. Jobs that were running and are now interrupted: {running}.");
        return ExitCodes.Ok;
    }

    private static Process? FindProcess(int id)
    {
        try { return Process.GetProcessById(id); }
        catch (ArgumentException) { return null; }
    }
}
