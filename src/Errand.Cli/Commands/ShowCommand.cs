using System.CommandLine;

namespace Errand.Cli;

/// <summary>Shows all about a job.</summary>
internal sealed class ShowCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The job: its id, or the start of it." };

    public ShowCommand(CliEdges edges) : base("show", "Show all about a job.", edges) => Arguments.Add(_id);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        string id = await ShortId.ResolveAsync(server, parsed.GetValue(_id)!, cancellationToken);
        var (job, json) = await server.ShowAsync(id, cancellationToken);
        if (parsed.IsJson()) await Edges.Out.WriteLineAsync(json);
        else JobSheet.Write(Edges.Out, job);
        return ExitCodes.Ok;
    }
}
