using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>What a client is answered whose call goes on as a job: whatever it takes for that client to follow the job.</summary>
internal sealed class CallAnswers(IJobClient jobs, Handles handles, LegacyTaskNews news, TimeProvider time)
{
    private const string StatePrefix = "errand.job:";
    private static readonly TimeSpan UntilItAsks = TimeSpan.FromSeconds(10);
    private static readonly JsonTypeInfo<InputRequiredResult> InputRequiredType = McpNodes.TypeOf<InputRequiredResult>();

    /// <summary>The answer to a call that was just handed over.</summary>
    public async ValueTask<ResultOrAlternate<CallToolResult>> HandedOverAsync(
        ToolCall call, DeferrableTool tool, CallParameters said, Job job, CancellationToken cancellationToken)
    {
        // The store hears of the question just after it hears of the job.
        if (call is { Era: ClientEra.Plain, IsAsking: true })
            job = (await jobs.WaitAsync(job.Id, new() { OrInput = true, Timeout = UntilItAsks }, cancellationToken)).Job;
        return await OfAsync(call.Request, call.Era, tool, said, job);
    }

    /// <summary>The answer after a wait for a job that is there already.</summary>
    public async ValueTask<ResultOrAlternate<CallToolResult>> AfterWaitAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, CallParameters said, (JobId Id, TimeSpan Patience) wait,
        CancellationToken cancellationToken)
    {
        var job = (await jobs.WaitAsync(wait.Id, new() { OrInput = true, Timeout = wait.Patience }, cancellationToken)).Job;
        if (job.IsTerminal) return ToolResults.OfOutcome(await jobs.GetOutcomeAsync(job, cancellationToken));
        return await OfAsync(request, ClientEras.Of(request), tool, said, job);
    }

    /// <summary>A job as the task that its client asked for, or is able to follow.</summary>
    public ResultOrAlternate<CallToolResult> TaskOf(RequestContext<CallToolRequestParams> request, Job job, ClientEra era)
    {
        if (era == ClientEra.Tasks)
            return ResultOrAlternate<CallToolResult>.FromAlternate(CreateTaskResult.Of(job, time.GetUtcNow()), TaskJson.Default.CreateTaskResult);
        news.Follow(job, request);
        return ResultOrAlternate<CallToolResult>.FromAlternate(
            LegacyCreateTaskResult.Of(job, time.GetUtcNow()), TaskJson.Default.LegacyCreateTaskResult);
    }

    /// <summary>The job that a client comes back to with answers, if it does.</summary>
    public static JobId? JobOf(string? requestState) =>
        requestState is not null && requestState.StartsWith(StatePrefix, StringComparison.Ordinal)
            ? JobId.Parse(requestState[StatePrefix.Length..])
            : null;

    private async ValueTask<ResultOrAlternate<CallToolResult>> OfAsync(
        RequestContext<CallToolRequestParams> request, ClientEra era, DeferrableTool tool, CallParameters said, Job job)
    {
        if (era != ClientEra.Plain) return TaskOf(request, job, era);
        return QuestionsOf(request, job)
            ?? await handles.AnswerAsync(job, tool, said.Detail ?? tool.Policy.Detail, said.Strict ?? tool.Policy.Strict);
    }

    // A client of 2026-07-28 is asked by the answer, and comes back with a state that tells any process which job it was.
    private static ResultOrAlternate<CallToolResult>? QuestionsOf(RequestContext<CallToolRequestParams> request, Job job)
    {
        if (!ClientEras.DescribesEachRequest(request)) return null;
        var open = JobQuestions.OpenFor(job, request.JsonRpcRequest.Context?.ClientCapabilities ?? request.Server.ClientCapabilities);
        if (open.Count == 0) return null;
        return ResultOrAlternate<CallToolResult>.FromAlternate(
            new InputRequiredResult { InputRequests = open, RequestState = StatePrefix + job.Id }, InputRequiredType);
    }
}
