using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Asks for the end of a job.</summary>
internal sealed class JobCancelTool(IJobClient jobs) : ErrandTool
{
    private const string Asker = "an MCP client";

    protected override string Name => "job_cancel";

    protected override string Description =>
        "Stops a job: one that has not started never runs, one that runs is told to stop and is cancelled once it has ended. With force: true it is ended at once.";

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "force": { "type": "boolean", "description": "End it at once, without time to clean up. Default: false." }
          },
          "required": ["id"]
        }
        """;

    protected override bool IsReadOnly => false;

    protected override bool IsDestructive => true;

    protected override async ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var id = arguments.Id();
        var reply = arguments.Flag("force") ? await jobs.KillAsync(id, Asker, cancellationToken) : await jobs.CancelAsync(id, Asker, cancellationToken);
        if (reply.Answer == StopAnswer.NotFound) throw new JobNotFoundException(id);
        return Answer(WireStop.Of(reply), WireJson.Wire.WireStop, reply.Message);
    }
}
