using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Waits for the end of a job, or for news of it.</summary>
internal sealed class JobWaitTool(ErrandToolParts parts, IJobClient jobs, NewsWait waits, OutputNews output) : ErrandTool(parts)
{
    private const int DefaultTimeout = 45_000;
    private const int LongestTimeout = 600_000;

    public override string OwnName => JobToolNames.Wait;

    protected override string Title => "Wait for a job";

    protected override string Description => $"""
        Waits until a job has ended or asks something, and answers with it, its exit code, a small result, and what counts of its output (the first
        error and the last lines). When timeoutMs is over first, the answer has timedOut: true and nothing has happened to the job: call
        {NameOf(JobToolNames.Wait)} again, with after. Prefer few long waits: a larger timeoutMs where your client waits that long for a tool.
        """;

    protected override string Schema => $$"""
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "timeoutMs": {
              "type": "integer", "minimum": 0, "maximum": {{LongestTimeout}},
              "description": "How many milliseconds to wait at most. Default: {{DefaultTimeout}}."
            },
            "after": { "type": "string", "description": "The cursor of the last answer: only what is new since then is told." },
            "until": {
              "enum": ["end", "change"], "description": "end (default): its end, or a question. change: any change of state, progress or output."
            }
          },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem($$"""
        {
          "type": "object",
          "properties": {
            "job": {{AnswerSchemas.WholeJob}},
            "cursor": { "type": "string", "description": "Give it as after to the next call." },
            "output": { "type": "string", "description": "What counts of its output since the last answer." },
            "timedOut": { "type": "boolean" }
          },
          "required": ["job", "cursor", "output", "timedOut"]
        }
        """);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromMilliseconds(call.Arguments.Number("timeoutMs", 0, LongestTimeout) ?? DefaultTimeout);
        var after = WaitCursor.Read(call.Arguments.Text("after"));
        bool anyChange = IsAnyChange(call.Arguments.Text("until"));
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        using var givesUp = call.GivesUp(cancellationToken);
        var known = after ?? (anyChange ? await NowAsync(job, cancellationToken) : default);
        bool timedOut;
        using (var heartbeat = call.Beat(Parts.Settings.Value, Parts.Time))
            timedOut = await waits.WaitAsync(job, known, anyChange, timeout, heartbeat, givesUp.Token);
        OutputCursor? since = after is null && !anyChange ? null : known.Output;
        return await AnswerAsync(job.Id, since, anyChange && !timedOut, timedOut, cancellationToken);
    }

    private async ValueTask<WaitCursor> NowAsync(Job job, CancellationToken cancellationToken) =>
        new(job.Version, (await output.MeanwhileAsync(job, null, isWanted: false, cancellationToken)).Next);

    private async ValueTask<CallToolResult> AnswerAsync(
        JobId id, OutputCursor? since, bool outputIsNews, bool timedOut, CancellationToken cancellationToken)
    {
        // The job before its output: what it wrote before it ended is then there.
        var status = await jobs.StatusAsync(id, cancellationToken);
        var job = status.Job;
        timedOut &= !job.IsTerminal;
        var answer = job.IsTerminal ? JobAnswer.Of(job, await jobs.GetOutcomeAsync(job, cancellationToken)) : null;
        var (written, next) = job.IsTerminal
            ? await output.AtEndAsync(job, since, cancellationToken)
            : await output.MeanwhileAsync(job, since, outputIsNews, cancellationToken);
        var cursor = new WaitCursor(job.Version, next);
        var brief = WireBrief.Of(status, answer);
        // The end of a long log says more than what an error quotes of it.
        if (written.Length > 0 && brief.Error is { } error) brief = brief with { Error = error with { Message = JobText.Shorten(error.Message) } };
        var news = new WireNews(brief, cursor.ToString(), written, timedOut);
        return Answer(news, WireJson.Wire.WireNews, TextOf(status, answer, cursor, written, timedOut));
    }

    private string TextOf(JobStatus status, JobAnswer? answer, WaitCursor cursor, string written, bool timedOut)
    {
        var job = status.Job;
        string again = $"{NameOf(JobToolNames.Wait)} again with after \"{cursor}\"";
        // Its output shows what a command has written already.
        if (answer is { IsOfCommand: true, IsInline: true }) answer = null;
        if (job.IsTerminal) return $"{JobText.Line(job)}{Parts.Text.End(job, answer, isShort: written.Length > 0)}{OutputOf(written)}";
        if (job.State == JobState.Waiting) return $"{JobText.Line(job)}\n{Parts.Text.Questions(job)}\nThen call {again}.";
        string why = status.WaitingFor is { } wait ? $" {wait.Detail}" : "";
        // What it wrote meanwhile is told once, beside: whoever reads text alone waits for the end.
        if (timedOut) return $"Still {job.State.ToWord()}{JobText.Progress(job)}.{why} Call {again}.";
        return $"{JobText.Line(job)}{why}{OutputOf(written)}\nFor more call {again}.";
    }

    private static string OutputOf(string written) => written.Length == 0 ? "" : $"\nIts output:\n{written}";

    private static bool IsAnyChange(string? until) => until switch
    {
        null or "end" => false,
        "change" => true,
        _ => throw new InvalidJobException("until", $"'{until}' is not something to wait for; until must be \"end\" or \"change\"."),
    };
}
