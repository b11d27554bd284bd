using System.CommandLine;
using System.Runtime.InteropServices;
using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Runs a command as a job and follows it, as if it ran here: its output, its exit code, Ctrl-C.</summary>
internal sealed class RunCommand : CliCommand
{
    private readonly SubmitOptions _options;

    public RunCommand(CliEdges edges) : base("run", "Run a command as a job and follow it. Ends with the command's own exit code.", edges) =>
        _options = new(this);

    public override int? FailureCode => ExitCodes.RunFailed;

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var request = await _options.ReadAsync(parsed, Edges, cancellationToken);
        using var server = await ServerLauncher.ConnectAsync(parsed.DataFolder(), Edges, cancellationToken);
        var id = (await server.SubmitAsync(request, _options.Key(parsed), cancellationToken)).Value.Id;
        // The job ends in its own time after that, and this with it.
        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            _ = CancelAsync(server, id);
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        if (!parsed.IsJson())
        {
            using var printer = new OutputPrinter(Edges);
            await foreach (var piece in server.FollowAsync(id, "attempt=1", cancellationToken)) printer.Print(piece.Value);
        }
        var ended = await WaitCommand.UntilEndAsync(server, id, null, Edges, cancellationToken);
        if (parsed.IsJson()) await Edges.Out.WriteLineAsync(ended.Json);
        return await CodeOfAsync(ended.Value);
    }

    private async Task<int> CodeOfAsync(WireJob job)
    {
        if (job.State == "cancelled") return ExitCodes.RunCancelled;
        // The command's own words have been printed; ours are for what it could not say.
        if (job.ExitCode is { } code && job.Error?.Code is null or "exit_code" or "signal") return job.ExitCode ?? 0;
        await Edges.Error.WriteLineAsync($"errand: job {job.Id} {job.State}: {job.Error?.Message}");
        return ExitCodes.RunFailed;
    }

    private static async Task CancelAsync(ServerConnection server, string id)
    {
        try { await server.CancelAsync(id, CancellationToken.None); }
        catch (CliException)
        {
            // It has just ended, or the server has; either way the follower finds out.
        }
    }
}
