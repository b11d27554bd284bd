using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Asks for the end of a job.</summary>
internal sealed class JobCancelTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    public override string OwnName => JobToolNames.Cancel;

    protected override string Title => "Cancel a job";

    protected override string Description => """
        Stops a job: one that has not started never runs, one that runs is told to stop and is cancelled once it has ended. With force: true it is
        ended at once.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "force": { "type": "boolean", "description": "End it at once, without time to clean up. Default: false." }
          },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem($$"""
        {
          "type": "object",
          "properties": {
            "answer": { "enum": ["cancelled", "cancelling", "already_cancelling", "already_cancelled", "already_finished"] },
            "message": { "type": "string" },
            "job": {{AnswerSchemas.Job}}
          },
          "required": ["answer", "message"]
        }
        """);

    protected override bool IsReadOnly => false;

    protected override bool IsDestructive => true;

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        bool force = call.Arguments.Flag("force");
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        // Once it is asked for it is asked for, also where the caller does not wait for the answer.
        var reply = force
            ? await jobs.KillAsync(job.Id, call.Caller.Actor, CancellationToken.None)
            : await jobs.CancelAsync(job.Id, call.Caller.Actor, CancellationToken.None);
        if (reply.Answer == StopAnswer.NotFound) throw new JobNotFoundException(job.Id);
        string next = reply.Answer == StopAnswer.Cancelling ? $" To hear that it has call {NameOf(JobToolNames.Wait)}." : "";
        return Answer(WireStop.Of(reply), WireJson.Wire.WireStop, reply.Message + next);
    }
}
