using System.CommandLine;

namespace Errand.Cli;

/// <summary>One command of the command line.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, CliEdges edges) : base(name, description)
    {
        Edges = edges;
        SetAction(RunAsync);
    }

    protected CliEdges Edges { get; }

    /// <summary>The code for what goes wrong on our side, whatever it is; by default each kind of trouble has its own.</summary>
    public virtual int? FailureCode => null;

    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);
}
