using System.CommandLine;
using System.Globalization;

namespace Errand.Cli;

/// <summary>Lists jobs.</summary>
internal sealed class ListCommand : CliCommand
{
    private readonly (string Name, Option<string?> Option)[] _filters =
    [
        ("state", new("--state") { Description = "Only jobs in these states, with commas: queued, running, waiting, completed, failed, cancelled." }),
        ("kind", new("--kind") { Description = "Only jobs of this kind." }),
        ("tag", new("--tag") { Description = "Only jobs with this tag." }),
        ("session", new("--session") { Description = "Only jobs of this session." }),
        ("owner", new("--owner") { Description = "Only jobs of this owner; * for all. Default: yours." }),
        ("agent", new("--agent") { Description = "Only jobs of this agent." }),
        ("text", new("--text") { Description = "Only jobs with this in their title or kind." }),
        ("cursor", new("--cursor") { Description = "Go on after the page that gave this." }),
    ];

    private readonly Option<int> _limit = new("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };

    public ListCommand(CliEdges edges) : base("ls", "List jobs, newest first.", edges)
    {
        foreach (var (_, option) in _filters) Options.Add(option);
        Options.Add(_limit);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        string query = string.Create(CultureInfo.InvariantCulture, $"limit={parsed.GetValue(_limit)}");
        foreach (var (name, option) in _filters)
            if (parsed.GetValue(option) is { } value) query += $"&{name}={Uri.EscapeDataString(value)}";
        var (page, json) = await server.ListAsync(query, cancellationToken);
        if (parsed.IsJson())
        {
            await Edges.Out.WriteLineAsync(json);
            return ExitCodes.Ok;
        }
        JobTable.Write(Edges.Out, page.Items, Edges.Time.GetUtcNow());
        if (page.Next is { } next) await Edges.Error.WriteLineAsync($"There are more: errand ls --cursor {next}");
        return ExitCodes.Ok;
    }
}
