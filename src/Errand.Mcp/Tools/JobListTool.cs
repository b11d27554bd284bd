using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Lists jobs.</summary>
internal sealed class JobListTool(IJobClient jobs) : ErrandTool
{
    private const int DefaultLimit = 20;

    protected override string Name => "job_list";

    protected override string Description => "Lists jobs, newest first: to find one whose id is not known any more, or to see what runs.";

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "state": { "enum": ["queued", "running", "waiting", "completed", "failed", "cancelled"], "description": "Only jobs in this state." },
            "kind": { "type": "string", "description": "Only jobs of this kind, such as command." },
            "session": { "type": "string", "description": "Only jobs of this session." },
            "text": { "type": "string", "description": "Only jobs with this in their title or kind." },
            "limit": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "How many at most. Default: 20." },
            "cursor": { "type": "string", "description": "The next of the last answer, to go on with it." }
          }
        }
        """;

    protected override async ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var page = await jobs.ListAsync(new()
        {
            States = JobStateWords.ParseList(arguments.Text("state")),
            Kind = arguments.Text("kind"),
            Owner = JobSpec.LocalOwner,
            Session = arguments.Text("session"),
            Text = arguments.Text("text"),
            Limit = (int)(arguments.Number("limit", 1, JobQuery.MaxLimit) ?? DefaultLimit),
            After = arguments.Text("cursor") is not null ? arguments.Id("cursor") : null,
        }, cancellationToken);
        string text = page.Items.Count == 0 ? "No jobs." : string.Join('\n', page.Items.Select(JobText.Line));
        return Answer(WirePage.Of(page), WireJson.Wire.WirePage, page.Next is { } next ? $"{text}\nThere are more: call job_list with cursor \"{next}\"." : text);
    }
}
