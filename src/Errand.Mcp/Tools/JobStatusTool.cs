using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a job is doing.</summary>
internal sealed class JobStatusTool(IJobClient jobs) : ErrandTool
{
    protected override string Name => "job_status";

    protected override string Description =>
        "Tells what a job is doing: its state, progress, last lines and, once it has ended, its result. To wait for its end call job_wait instead of asking again and again.";

    protected override string Schema => """
        {
          "type": "object",
          "properties": { "id": { "type": "string", "description": "The id of the job." } },
          "required": ["id"]
        }
        """;

    protected override async ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var status = await jobs.StatusAsync(arguments.Id(), cancellationToken);
        return Answer(WireJob.Of(status), WireJson.Wire.WireJob, JobText.Status(status));
    }
}
