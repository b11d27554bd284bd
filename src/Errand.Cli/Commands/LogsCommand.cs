using System.CommandLine;
using System.Globalization;
using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Prints what a job has written.</summary>
internal sealed class LogsCommand : CliCommand
{
    private const long FirstWindow = 16 * 1024;
    private readonly Argument<string> _id = new("ID") { Description = "The job: its id, or the start of it." };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until the job has ended." };
    private readonly Option<int?> _tail = new("--tail") { Description = "Only the last lines.", HelpName = "N" };
    private readonly Option<long> _offset = new("--offset") { Description = "Start at this byte.", HelpName = "N" };
    private readonly Option<string?> _stream = new("--stream") { Description = "Only this stream: out or err." };

    public LogsCommand(CliEdges edges) : base("logs", "Print what a job has written, each stream to its own.", edges)
    {
        _stream.AcceptOnlyFromAmong("out", "err");
        Arguments.Add(_id);
        foreach (Option option in (Option[])[_follow, _tail, _offset, _stream]) Options.Add(option);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        string id = await ShortId.ResolveAsync(server, parsed.GetValue(_id)!, cancellationToken);
        string? stream = parsed.GetValue(_stream);
        using var printer = new OutputPrinter(Edges);
        Action<Answer<WireOutput>> print = parsed.IsJson() ? piece => Edges.Out.WriteLine(piece.Json) : piece => printer.Print(piece.Value, stream);

        long offset = parsed.GetValue(_tail) is { } lines
            ? await FindTailAsync(server, id, lines, stream, cancellationToken)
            : parsed.GetValue(_offset);
        int attempt = 0;
        await foreach (var piece in ReadAsync(server, id, 0, offset, stream, cancellationToken))
        {
            (attempt, offset) = (piece.Value.Attempt, piece.Value.NextOffset);
            print(piece);
        }
        if (!parsed.GetValue(_follow)) return ExitCodes.Ok;
        string query = string.Create(CultureInfo.InvariantCulture, $"offset={offset}{(attempt > 0 ? $"&attempt={attempt}" : "")}");
        await foreach (var piece in server.FollowAsync(id, query, cancellationToken)) print(piece);
        return ExitCodes.Ok;
    }

    /// <summary>What the last attempt has written up to now, from an offset on.</summary>
    private static async IAsyncEnumerable<Answer<WireOutput>> ReadAsync(
        ServerConnection server, string id, int attempt, long offset, string? stream,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            string query = string.Create(
                CultureInfo.InvariantCulture,
                $"offset={offset}{(attempt > 0 ? $"&attempt={attempt}" : "")}{(stream is null ? "" : $"&stream={stream}")}");
            var piece = await server.OutputAsync(id, query, cancellationToken);
            if (piece.Value.Attempt == 0) yield break;
            yield return piece;
            (attempt, offset) = (piece.Value.Attempt, piece.Value.NextOffset);
            if (offset >= piece.Value.End) yield break;
        }
    }

    /// <summary>Where the last lines start: looks back in windows that grow until enough of them are in sight.</summary>
    private static async Task<long> FindTailAsync(ServerConnection server, string id, int lines, string? stream, CancellationToken cancellationToken)
    {
        for (long window = FirstWindow; ; window *= 4)
        {
            List<long> starts = [];
            long first = -1;
            bool atLineStart = false;
            await foreach (var (piece, _) in ReadAsync(server, id, 0, -window, stream, cancellationToken))
            {
                if (first < 0) (first, atLineStart) = (piece.Offset, piece.Offset == 0);
                byte[] bytes = piece.ToBytes();
                int at = 0;
                foreach (var chunk in piece.Chunks ?? [])
                {
                    for (int i = 0; i < chunk.Length; i++)
                    {
                        if (atLineStart) starts.Add(chunk.Offset + i);
                        atLineStart = bytes[at + i] == '\n';
                    }
                    at += chunk.Length;
                }
            }
            if (first <= 0 || starts.Count >= lines) return starts.Count == 0 ? Math.Max(0, first) : starts[Math.Max(0, starts.Count - lines)];
        }
    }
}
