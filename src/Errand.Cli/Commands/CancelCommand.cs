using System.CommandLine;

namespace Errand.Cli;

/// <summary>Asks for the end of jobs.</summary>
internal sealed class CancelCommand : CliCommand
{
    private readonly Argument<string[]> _ids =
        new("ID") { Description = "The jobs: their ids, or the starts of them.", Arity = ArgumentArity.OneOrMore };

    public CancelCommand(CliEdges edges) : base("cancel", "Stop jobs: those that wait never run, those that run are told to stop.", edges) =>
        Arguments.Add(_ids);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        int code = ExitCodes.Ok;
        foreach (string text in parsed.GetValue(_ids)!)
        {
            try
            {
                string id = await ShortId.ResolveAsync(server, text, cancellationToken);
                var (stop, json) = await server.CancelAsync(id, cancellationToken);
                await Edges.Out.WriteLineAsync(parsed.IsJson() ? json : stop.Message);
            }
            catch (CliException e) when (e.ExitCode is ExitCodes.NotFound or ExitCodes.Refused or ExitCodes.Usage)
            {
                // The others are stopped all the same; the first trouble is the answer.
                await Edges.Error.WriteLineAsync($"errand: {e.Message}");
                if (code == ExitCodes.Ok) code = e.ExitCode;
            }
        }
        return code;
    }
}
