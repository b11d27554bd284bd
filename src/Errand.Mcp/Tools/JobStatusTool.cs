using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a job is doing.</summary>
internal sealed class JobStatusTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    public override string OwnName => JobToolNames.Status;

    protected override string Title => "Job status";

    protected override string Description => $"""
        Tells what a job is doing: its state, progress, why it waits, its last lines of output and, once it has ended, its result where that is small.
        To wait for its end call {NameOf(JobToolNames.Wait)} instead of asking again and again.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": { "id": { "type": "string", "description": "The id of the job." } },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem(AnswerSchemas.WholeJob);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        var status = await jobs.StatusAsync(job.Id, cancellationToken);
        var answer = status.Job.IsTerminal ? JobAnswer.Of(status.Job, await jobs.GetOutcomeAsync(status.Job, cancellationToken)) : null;
        return Answer(WireJob.Of(status, answer), WireJson.Wire.WireJob, Parts.Text.Status(status, answer));
    }
}
