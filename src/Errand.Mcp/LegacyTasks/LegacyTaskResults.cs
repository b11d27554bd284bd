using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// <c>tasks/result</c> of 2025-11-25: waits for the end of a task, and answers with what the call would have been answered. While it waits it
/// is also the stream on which the client is asked what the task wants to know.
/// </summary>
internal sealed class LegacyTaskResults(IJobClient jobs, TaskRules rules)
{
    public async ValueTask<JsonNode?> AwaitAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CallerPresence.GoneOf(request.Context));
        var job = await rules.FindAsync(request, over.Token);
        var server = LegacyExchange.Of(request.Context)?.Server;
        using var questions = server is null ? null : new LegacyQuestions(jobs, job.Id, server, rules.CallerOf(request).Owner);
        while (!LegacyTask.HasEnded(job))
        {
            questions?.Follow(job);
            job = (await jobs.WaitAsync(job.Id, new() { AfterVersion = job.Version }, over.Token)).Job;
        }
        var outcome = job.IsTerminal ? await jobs.GetOutcomeAsync(job, over.Token) : JobOutcome.Cancelled;
        return RelatedTask.Mark(Write(job, outcome), job.Id);
    }

    private static JsonObject Write(Job job, JobOutcome outcome) =>
        ToolResults.ProblemOf(outcome) is null && (outcome.Success || !outcome.Result.IsNone || job.Kind == CommandAnswer.Kind)
            ? ToolResults.ToNode(job, outcome, resultType: null)
            : (JsonObject)JsonSerializer.SerializeToNode(ToolResults.OfOutcome(outcome), McpNodes.TypeOf<CallToolResult>())!;
}
