using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a job came to: all of it, a preview, or page by page.</summary>
internal sealed class JobResultTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    private const int DefaultPageSize = 20;
    private const int LargestPageSize = 1000;
    private const int DefaultBytes = 8192;
    private const int SmallestBytes = 256;
    private const int LargestBytes = 1 << 20;

    public override string OwnName => JobToolNames.Result;

    protected override string Title => "Result of a job";

    protected override string Description => """
        Gives the result of a job that has ended. One that is larger than maxBytes comes as a preview; with page it comes page by page: the items of
        a list, or lines of text. A page past the end is empty.
        """;

    protected override string Schema => $$"""
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "page": { "type": "integer", "minimum": 1, "description": "Which page, from 1. Default: all of the result, or a preview." },
            "pageSize": {
              "type": "integer", "minimum": 1, "maximum": {{LargestPageSize}},
              "description": "How many items or lines a page has. Default: {{DefaultPageSize}}."
            },
            "maxBytes": {
              "type": "integer", "minimum": {{SmallestBytes}}, "maximum": {{LargestBytes}},
              "description": "How large the answer may be. Default: {{DefaultBytes}}."
            }
          },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem("""
        { "type": "object", "properties": { "result": {}, "isError": { "type": "boolean" } }, "required": ["result"] }
        """, """
        {
          "type": "object",
          "properties": {
            "preview": {}, "strategy": { "enum": ["sample", "head_tail"] },
            "originalSize": { "type": "integer" }, "previewSize": { "type": "integer" },
            "totalItems": { "type": "integer" }, "next": { "type": "string" }
          },
          "required": ["preview", "strategy", "originalSize", "previewSize"]
        }
        """, """
        {
          "type": "object",
          "properties": {
            "items": { "type": "array" }, "page": { "type": "integer" }, "totalPages": { "type": "integer" }, "totalItems": { "type": "integer" }
          },
          "required": ["items", "page", "totalPages"]
        }
        """, AnswerSchemas.Job);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        long? page = call.Arguments.Number("page", 1, int.MaxValue);
        int pageSize = (int)(call.Arguments.Number("pageSize", 1, LargestPageSize) ?? DefaultPageSize);
        int maxBytes = (int)(call.Arguments.Number("maxBytes", SmallestBytes, LargestBytes) ?? DefaultBytes);
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        if (!job.IsTerminal) return NotYet(job);
        if (JobAnswer.Of(job, await jobs.GetOutcomeAsync(job, cancellationToken)) is not { } answer) return WithoutResult(job);
        var view = page is { } number ? ResultView.Page(answer, number, pageSize, maxBytes) : ResultView.Whole(answer, maxBytes, NameOf(OwnName));
        // A part of an error is no error of the call that shows it.
        return view.Result is null
            ? Answer(view, WireJson.Wire.WireResult, ResultContent.Part(view, NameOf(OwnName)))
            : Answer(view, WireJson.Wire.WireResult, ResultContent.Whole(answer), answer.IsError);
    }

    private CallToolResult NotYet(Job job)
    {
        string text = job.State == JobState.Waiting
            ? $"{JobText.Line(job)} It has no result yet.\n{Parts.Text.Questions(job)}"
            : $"{JobText.Line(job)} It has no result yet. To wait for it call {NameOf(JobToolNames.Wait)} with id \"{job.Id}\".";
        return Answer(WireBrief.Of(job), WireJson.Wire.WireBrief, text);
    }

    private CallToolResult WithoutResult(Job job)
    {
        string text = $"{JobText.Line(job)} It has no result.{Parts.Text.End(job, null)}";
        return Answer(WireBrief.Of(job), WireJson.Wire.WireBrief, text, isError: job.State != JobState.Completed);
    }
}
