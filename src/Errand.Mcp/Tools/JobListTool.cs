using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Lists the caller's jobs.</summary>
internal sealed class JobListTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    private const int DefaultLimit = 20;

    public override string OwnName => JobToolNames.List;

    protected override string Title => "List jobs";

    protected override string Description => "Lists your jobs, newest first: to find one whose id is not known any more, or to see what runs.";

    protected override string Schema => $$"""
        {
          "type": "object",
          "properties": {
            "state": { "enum": ["queued", "running", "waiting", "completed", "failed", "cancelled"], "description": "Only jobs in this state." },
            "kind": { "type": "string", "description": "Only jobs of this kind, such as command." },
            "session": { "type": "string", "description": "Only jobs of this session." },
            "text": { "type": "string", "description": "Only jobs with this in their title or kind." },
            "limit": {
              "type": "integer", "minimum": 1, "maximum": {{JobQuery.MaxLimit}}, "description": "How many at most. Default: {{DefaultLimit}}."
            },
            "cursor": { "type": "string", "description": "The next of the last answer, to go on with it." }
          },
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem($$"""
        {
          "type": "object",
          "properties": {
            "items": { "type": "array", "items": {{AnswerSchemas.Job}} },
            "next": { "type": "string", "description": "Give it as cursor to the next call; absent on the last page." }
          },
          "required": ["items"]
        }
        """);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var query = new JobQuery
        {
            States = JobStateWords.ParseList(arguments.Text("state")),
            Kind = arguments.Text("kind"),
            Owner = call.Caller.Owner,
            Session = arguments.Text("session"),
            Text = arguments.Text("text"),
            Limit = (int)(arguments.Number("limit", 1, JobQuery.MaxLimit) ?? DefaultLimit),
            After = arguments.Text("cursor") is { } cursor ? CursorOf(cursor) : null,
        };
        if (!call.Caller.IsKnown)
        {
            throw new ToolRefusalException(new("no_list",
                "Jobs are not listed here, for this server cannot tell its callers apart. Use the ids that you were given; " +
                "a server with authentication can list.", null, null));
        }
        var page = await jobs.ListAsync(query, cancellationToken);
        string text = page.Items.Count == 0 ? "No jobs." : string.Join('\n', page.Items.Select(JobText.Line));
        if (page.Next is { } next) text += $"\nThere are more: call {NameOf(OwnName)} with cursor \"{next}\".";
        return Answer(new([.. page.Items.Select(WireBrief.InList)], page.Next?.ToString()), WireJson.Wire.WireBriefs, text);
    }

    private static JobId CursorOf(string cursor) => JobId.TryParse(cursor, out var id)
        ? id
        : throw new InvalidJobException("cursor", $"cursor must be the next of the last answer; it is '{cursor}'.");
}
