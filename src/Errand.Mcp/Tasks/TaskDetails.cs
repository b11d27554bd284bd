using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>A task with all there is to know of it: what <c>tasks/get</c> answers and <c>notifications/tasks</c> carries.</summary>
internal sealed class TaskDetails(IJobClient jobs, TimeProvider time)
{
    /// <summary>The task as a client of 2026-07-28 reads it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="client">What the client understands: others are not asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<JsonObject> OfAsync(Job job, ClientCapabilities? client, CancellationToken cancellationToken)
    {
        var words = TaskWords.Of(job, time.GetUtcNow());
        var task = new JsonObject
        {
            ["taskId"] = words.Id, ["status"] = words.Status, ["createdAt"] = words.CreatedAt, ["lastUpdatedAt"] = words.LastUpdatedAt,
            ["ttlMs"] = words.Ttl, ["pollIntervalMs"] = words.PollInterval,
        };
        string? message = words.Message;
        if (job.State == JobState.Waiting) message = AddQuestions(task, job, client);
        else if (job.State is JobState.Completed or JobState.Failed) AddEnd(task, job, await jobs.GetOutcomeAsync(job, cancellationToken));
        if (message is not null) task["statusMessage"] = message;
        return task;
    }

    private static string? AddQuestions(JsonObject task, Job job, ClientCapabilities? client)
    {
        var open = JobQuestions.OpenFor(job, client);
        if (open.Count > 0)
        {
            var requests = new JsonObject();
            foreach (var (key, request) in open) requests[key] = JsonSerializer.SerializeToNode(request, McpNodes.TypeOf<InputRequest>());
            task["inputRequests"] = requests;
            return "It waits for an answer.";
        }
        // What this client cannot answer is answered on another surface: to it the task is under way.
        task["status"] = TaskWords.Working;
        return "It waits for an answer that this client cannot give.";
    }

    private static void AddEnd(JsonObject task, Job job, JobOutcome outcome)
    {
        if (ToolResults.ProblemOf(outcome) is { } problem)
            SetFailed(task, problem.Code, problem.Message, problem.Data is JsonElement known ? JsonObject.Create(known) : null);
        // Here only errors of the protocol are failures; an answer that says it is an error is an answer.
        else if (outcome.Success || !outcome.Result.IsNone)
        {
            task["status"] = TaskWords.Completed;
            task["result"] = ToolResults.ToNode(job, outcome, resultType: "complete");
        }
        else
        {
            var data = outcome.Error is { } error ? new JsonObject { ["code"] = error.Code } : null;
            SetFailed(task, (int)McpErrorCode.InternalError, outcome.Error?.Message ?? "It failed.", data);
        }
    }

    private static void SetFailed(JsonObject task, int code, string message, JsonObject? data)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (data is not null) error["data"] = data;
        task["status"] = TaskWords.Failed;
        task["error"] = error;
    }
}
