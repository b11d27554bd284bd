using System.CommandLine;
using System.Text.Json;

namespace Errand.Cli;

/// <summary>Says whether a server is up, and where.</summary>
internal sealed class StatusCommand(CliEdges edges) : CliCommand("status", "Say whether a server is up, and where.", edges)
{
    /// <summary>What a server says of itself.</summary>
    public static async Task<ServerStatus> OfAsync(ServerConnection server, CancellationToken cancellationToken)
    {
        var stats = (await server.StatsAsync(cancellationToken)).Value;
        return new(stats.Pid, server.Address.Url, $"{server.Address.Url}/mcp", stats.Version, stats.Store);
    }

    public static Task WriteAsync(TextWriter to, ServerStatus status) => to.WriteLineAsync(
        $"""
        url      {status.Url}
        mcp      {status.McpUrl}
        pid      {status.Pid}
        version  {status.Version}
        store    {status.Store}
        """);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        var status = await OfAsync(server, cancellationToken);
        if (parsed.IsJson()) await Edges.Out.WriteLineAsync(JsonSerializer.Serialize(status, CliJson.Default.ServerStatus));
        else await WriteAsync(Edges.Out, status);
        return ExitCodes.Ok;
    }
}
