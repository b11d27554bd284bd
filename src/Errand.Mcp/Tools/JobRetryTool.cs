using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Does the work of a failed or cancelled job again, as a new job.</summary>
internal sealed class JobRetryTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    public override string OwnName => JobToolNames.Retry;

    protected override string Title => "Retry a job";

    protected override string Description =>
        "Does the work of a failed or cancelled job again, as a new job with an id of its own, which names the old one. The old one stays as it is.";

    protected override string Schema => """
        {
          "type": "object",
          "properties": { "id": { "type": "string", "description": "The id of the job that failed or was cancelled." } },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem(AnswerSchemas.Job);

    protected override bool IsReadOnly => false;

    protected override bool IsIdempotent => false;

    protected override bool IsDestructive => true;

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        if (!job.IsTerminal)
        {
            throw new InvalidJobException("id", $"Job {job.Id} is {job.State.ToWord()}; it can be retried once it has failed or was cancelled. " +
                $"To wait for its end call {NameOf(JobToolNames.Wait)}.");
        }
        if (job.State == JobState.Completed)
        {
            throw new InvalidJobException("id",
                $"Job {job.Id} has completed; there is nothing to retry. Its result is there: call {NameOf(JobToolNames.Result)}.");
        }
        var again = await jobs.RetryAsync(job.Id, CancellationToken.None);
        string next = $"To wait for its end call {NameOf(JobToolNames.Wait)} with id \"{again.Id}\".";
        return Answer(WireBrief.InList(again), WireJson.Wire.WireBrief, $"Job {again.Id} does the work of job {job.Id} again. {next}");
    }
}
