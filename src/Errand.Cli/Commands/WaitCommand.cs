using System.CommandLine;
using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Waits for the end of a job.</summary>
internal sealed class WaitCommand : CliCommand
{
    private const long LongestRequestMs = 60_000;
    private readonly Argument<string> _id = new("ID") { Description = "The job: its id, or the start of it." };
    private readonly Option<TimeSpan?> _timeout =
        new("--timeout") { Description = "How long to wait at most.", HelpName = "60s", CustomParser = DurationText.Parse };

    public WaitCommand(CliEdges edges)
        : base("wait", "Wait until a job has ended. Exits with 0 when it completed, 1 failed, 6 cancelled, 7 when the time is over.", edges)
    {
        Arguments.Add(_id);
        Options.Add(_timeout);
    }

    /// <summary>Waits in requests of bounded length, so that a lost connection is noticed.</summary>
    public static async Task<Answer<WireJob>> UntilEndAsync(
        ServerConnection server, string id, TimeSpan? timeout, CliEdges edges, CancellationToken cancellationToken)
    {
        long startedAt = edges.Time.GetTimestamp();
        while (true)
        {
            double left = timeout is { } limit ? Math.Max(0, (limit - edges.Time.GetElapsedTime(startedAt)).TotalMilliseconds) : LongestRequestMs;
            var answer = await server.WaitAsync(id, (long)Math.Min(Math.Ceiling(left), LongestRequestMs), cancellationToken);
            if (answer.Value.FinishedAt is not null || left <= 0) return answer;
        }
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var server = await ServerConnection.OpenAsync(parsed.DataFolder(), cancellationToken);
        string id = await ShortId.ResolveAsync(server, parsed.GetValue(_id)!, cancellationToken);
        var (job, json) = await UntilEndAsync(server, id, parsed.GetValue(_timeout), Edges, cancellationToken);
        if (parsed.IsJson()) await Edges.Out.WriteLineAsync(json);
        else await Edges.Out.WriteLineAsync(job.Error is { } error ? $"{job.State}: {error.Message}" : job.State);
        return job.State switch
        {
            "completed" => ExitCodes.Ok,
            "failed" => ExitCodes.Failed,
            "cancelled" => ExitCodes.Cancelled,
            _ => ExitCodes.TimedOut,
        };
    }
}
