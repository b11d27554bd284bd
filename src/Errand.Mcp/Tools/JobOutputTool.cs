using System.Globalization;
using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Shows what a job has written.</summary>
internal sealed class JobOutputTool(ErrandToolParts parts, IOutputLog output) : ErrandTool(parts)
{
    private const int DefaultBudget = 8192;
    private const int LargestBudget = 1 << 20;
    private const int MostLines = 10_000;

    public override string OwnName => JobToolNames.Output;

    protected override string Title => "Output of a job";

    protected override string Description => """
        Shows what a job has written so far, its start and its end if all is more than budgetBytes. With offset (the nextOffset of the last answer)
        it shows only what came since; with tailLines the last lines; with grep the lines that match.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "offset": { "type": "integer", "minimum": 0, "description": "Where to start, in bytes: the nextOffset of the last answer." },
            "tailLines": { "type": "integer", "minimum": 1, "maximum": 10000, "description": "Only the last lines." },
            "grep": { "type": "string", "description": "Only lines that match this regular expression." },
            "budgetBytes": { "type": "integer", "minimum": 256, "maximum": 1048576, "description": "How much text at most. Default: 8192." },
            "stream": { "enum": ["out", "err"], "description": "Only what it wrote to this stream. Default: both." }
          },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem("""
        {
          "type": "object",
          "properties": {
            "id": { "type": "string" }, "attempt": { "type": "integer" }, "offset": { "type": "integer" },
            "nextOffset": { "type": "integer", "description": "Give it as offset to see only what comes after." },
            "dropped": { "type": "integer" }, "text": { "type": "string" }
          },
          "required": ["id", "offset", "nextOffset", "text"]
        }
        """);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        int budget = (int)(arguments.Number("budgetBytes", OutputDigest.SmallestBudget, LargestBudget) ?? DefaultBudget);
        var view = new OutputView
        {
            Offset = arguments.Number("offset", 0, long.MaxValue) ?? 0, StripEscapes = true, Stream = StreamOf(arguments.Text("stream")),
        };
        int? tail = (int?)arguments.Number("tailLines", 1, MostLines);
        string? pattern = arguments.Text("grep");
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        var found = pattern is not null ? await SearchAsync(job.Id, pattern, view, tail, budget, cancellationToken)
            : tail is { } count ? await TailAsync(job.Id, count, view, budget, cancellationToken)
            : await DigestAsync(job.Id, view, budget, cancellationToken);
        string text = found.Text is { Length: > 0 } written ? written : "It has written nothing there.";
        if (job.IsTerminal) return Answer(found, WireJson.Wire.WireOutput, text);
        string next = string.Create(CultureInfo.InvariantCulture, $"call {NameOf(OwnName)} with offset {found.NextOffset} for what comes after");
        return Answer(found, WireJson.Wire.WireOutput, $"{text}\n[{job.State.ToWord()}; {next}]");
    }

    private static OutputStream? StreamOf(string? stream) => stream switch
    {
        null => null,
        "out" => OutputStream.Out,
        "err" => OutputStream.Err,
        _ => throw new InvalidJobException("stream", $"'{stream}' is not a stream; stream must be out or err."),
    };

    private async ValueTask<WireOutput> DigestAsync(JobId id, OutputView view, int budget, CancellationToken cancellationToken)
    {
        var digest = await output.DigestAsync(id, budget, view, cancellationToken);
        return new()
        {
            Id = id.ToString(), Attempt = digest.Attempt, Offset = digest.Offset, NextOffset = digest.NextOffset, Dropped = digest.Dropped,
            Text = digest.Text,
        };
    }

    private async ValueTask<WireOutput> TailAsync(JobId id, int count, OutputView view, int budget, CancellationToken cancellationToken)
    {
        var lines = await output.TailAsync(id, count, view, cancellationToken);
        return WireOf(id, lines.Attempt, lines.Lines, lines.NextOffset, view, budget);
    }

    private async ValueTask<WireOutput> SearchAsync(
        JobId id, string pattern, OutputView view, int? tail, int budget, CancellationToken cancellationToken)
    {
        var found = await output.SearchAsync(id, new() { Pattern = pattern, View = view with { MaxLineBytes = 1 << 20 } }, cancellationToken);
        var lines = found.Matches.Select(match => match.Line);
        return WireOf(id, found.Attempt, [.. tail is { } count ? lines.TakeLast(count) : lines], found.NextOffset, view, budget);
    }

    private static WireOutput WireOf(JobId id, int attempt, IReadOnlyList<OutputLine> lines, long nextOffset, OutputView view, int budget)
    {
        // The last lines are what is wanted: those that do not fit are left out at the start.
        int first = lines.Count;
        for (int bytes = 0; first > 0; first--)
        {
            bytes += System.Text.Encoding.UTF8.GetByteCount(lines[first - 1].Text) + 1;
            if (bytes > budget) break;
        }
        string note = first > 0 ? $"… {first} lines left out: give a larger budgetBytes to see them …\n" : "";
        return new()
        {
            Id = id.ToString(), Attempt = attempt, Offset = first < lines.Count ? lines[first].Offset : view.Offset, NextOffset = nextOffset,
            Text = note + string.Join('\n', lines.Skip(first).Select(line => line.Text)),
        };
    }
}
