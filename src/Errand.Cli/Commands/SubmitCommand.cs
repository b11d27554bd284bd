using System.CommandLine;

namespace Errand.Cli;

/// <summary>Starts a command in the background and says what to type next.</summary>
internal sealed class SubmitCommand : CliCommand
{
    private readonly SubmitOptions _options;

    public SubmitCommand(CliEdges edges) : base("submit", "Start a command in the background. Prints its id.", edges) => _options = new(this);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var request = await _options.ReadAsync(parsed, Edges, cancellationToken);
        using var server = await ServerLauncher.ConnectAsync(parsed.DataFolder(), Edges, cancellationToken);
        var (job, json) = await server.SubmitAsync(request, _options.Key(parsed), cancellationToken);
        if (parsed.IsJson())
        {
            await Edges.Out.WriteLineAsync(json);
            return ExitCodes.Ok;
        }
        await Edges.Out.WriteLineAsync(job.Id);
        string id = ShortId.Of(job.Id);
        await Edges.Error.WriteLineAsync(
            $"It is {job.State}. Follow it: errand logs -f {id} · wait for it: errand wait {id} · stop it: errand cancel {id}");
        return ExitCodes.Ok;
    }
}
