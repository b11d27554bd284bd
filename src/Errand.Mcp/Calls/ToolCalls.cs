using System.Text.Json.Serialization.Metadata;
using Errand.Mcp.Wire;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using CallHandler = ModelContextProtocol.Server.McpRequestHandler<
    ModelContextProtocol.Protocol.CallToolRequestParams, ModelContextProtocol.Protocol.ResultOrAlternate<ModelContextProtocol.Protocol.CallToolResult>>;

namespace Errand.Mcp;

/// <summary>
/// Where every call of a tool comes by. Those of deferrable tools become executions: inside the caller's patience the client is answered as if
/// nothing had been done to them, past it with what it takes to follow the job.
/// </summary>
internal sealed class ToolCalls(
    IJobClient jobs, ToolKinds tools, Handles handles, LegacyTaskNews news, ResultReferences references, AbandonedCalls abandoned, IOptions<ErrandMcpOptions> options, TimeProvider time)
{
    private const string StatePrefix = "errand.job:";
    private static readonly TimeSpan UntilItAsks = TimeSpan.FromSeconds(10);
    private static readonly JsonTypeInfo<InputRequiredResult> InputRequiredType =
        (JsonTypeInfo<InputRequiredResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(InputRequiredResult));

    /// <summary>Whether a call is of a deferrable tool, or of one of Errand's own. All others are answered as if there were no Errand.</summary>
    public bool IsConcerned(RequestContext<CallToolRequestParams> request) =>
        ErrandToolAlias.Unwrap(request.MatchedPrimitive) is not null || (request.MatchedPrimitive is McpServerTool tool && tools.Of(tool) is not null);

    /// <summary>Handles a call.</summary>
    public ValueTask<ResultOrAlternate<CallToolResult>> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CallHandler next, CancellationToken cancellationToken)
    {
        var era = ClientEras.Of(request.JsonRpcRequest, request.Server.NegotiatedProtocolVersion);
        if (request.MatchedPrimitive is McpServerTool tool && tools.Of(tool) is { } deferrable)
            return InvokeAsync(request, deferrable, era, next, cancellationToken);
        if (request.MatchedPrimitive is { } own && ErrandToolAlias.Unwrap(own) is JobStartingTool) return StartAsync(request, era, next, cancellationToken);
        // That there is no such tool is said further on.
        bool exists = request.MatchedPrimitive is not null || request.Server.ServerOptions.Handlers.CallToolHandler is not null;
        return era == ClientEra.LegacyTasks && exists
            ? throw new McpProtocolException(
                $"The tool '{request.Params.Name}' cannot become a task: call it without the parameter 'task'.", McpErrorCode.MethodNotFound)
            : next(request, cancellationToken);
    }

    /// <summary>Errand's own tools hand their calls over themselves; a client that follows tasks is given the task for the handle.</summary>
    private async ValueTask<ResultOrAlternate<CallToolResult>> StartAsync(
        RequestContext<CallToolRequestParams> request, ClientEra era, CallHandler next, CancellationToken cancellationToken)
    {
        var answer = await next(request, cancellationToken);
        if (era == ClientEra.Plain || answer.IsAlternate) return answer;
        if (Handles.IdOf(answer.Result) is not { } id) return era == ClientEra.LegacyTasks ? throw Refusal(answer.Result) : answer;
        return TaskOf(request, await jobs.GetAsync(id, cancellationToken), era);
    }

    // Who asked for a task does not expect a tool's answer.
    private static McpProtocolException Refusal(CallToolResult? answer) =>
        new(answer?.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text ?? "The call was refused.", McpErrorCode.InvalidParams);

    private ResultOrAlternate<CallToolResult> TaskOf(RequestContext<CallToolRequestParams> request, Job job, ClientEra era)
    {
        if (era == ClientEra.Tasks) return ResultOrAlternate<CallToolResult>.FromAlternate(CreateTaskResult.Of(job, time.GetUtcNow()), TaskJson.Default.CreateTaskResult);
        news.Follow(job, request);
        return ResultOrAlternate<CallToolResult>.FromAlternate(LegacyCreateTaskResult.Of(job, time.GetUtcNow()), TaskJson.Default.LegacyCreateTaskResult);
    }

    private async ValueTask<ResultOrAlternate<CallToolResult>> InvokeAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, ClientEra era, CallHandler next, CancellationToken cancellationToken)
    {
        if (tool.Policy.TaskOnly && era == ClientEra.Plain) throw NeedsTasks(request, tool);
        try
        {
            var caller = Caller.Of(request.JsonRpcRequest.Context, options.Value);
            if (request.Params.RequestState is { } state && state.StartsWith(StatePrefix, StringComparison.Ordinal))
                return await GoOnAsync(request, tool, caller, state[StatePrefix.Length..], cancellationToken);
            var said = CallParameters.Read(request.Params.Arguments, tool.Parameters);
            if (era != ClientEra.LegacyTasks && abandoned.Take(tool, caller, said) is { } earlier)
                return await FollowAsync(request, tool, era, earlier, said, cancellationToken);
            var resolved = ResultReferences.AreIn(said.Arguments) ? await references.ResolveAsync(said.Arguments!, caller, cancellationToken) : null;
            var call = new ToolCall(request, next, tool, era, said, resolved);
            var result = await RunAsync(call, tool, caller, said, cancellationToken);
            if (!result.IsPromoted) return call.TryAnswer(result, out var answer) ? answer! : ToolResults.OfOutcome(result.Outcome!);
            call.Detach();
            if (cancellationToken.IsCancellationRequested || CallerPresence.GoneOf(request.JsonRpcRequest.Context).IsCancellationRequested) abandoned.Add(result.Job!);
            return await AnswerHandedOverAsync(call, tool, said, result.Job!, cancellationToken);
        }
        catch (JobException e)
        {
            // Who asked for a task does not expect a tool's answer.
            if (era == ClientEra.LegacyTasks) throw TaskRules.ProblemOf(e);
            return ErrandTool.Error(WireProblem.Of(e));
        }
    }

    private async ValueTask<CallResult> RunAsync(ToolCall call, DeferrableTool tool, Caller caller, CallParameters said, CancellationToken cancellationToken)
    {
        var how = new CallOptions
        {
            AsyncTimeout = said.AsyncTimeout, OnAbandon = tool.Policy.OnAbandon, HandOverAtOnce = call.Era == ClientEra.LegacyTasks,
        };
        var gone = CallerPresence.GoneOf(call.Request.JsonRpcRequest.Context);
        var spec = tool.SpecFor(caller);
        if (call.Era == ClientEra.LegacyTasks)
            spec = spec with { KeepFor = LegacyTaskParameters.ReadKeepFor(call.Request.JsonRpcRequest, tool.Policy.KeepFor) };
        var running = jobs.CallAsync(spec, call, how, cancellationToken);
        if (running.IsCompleted) return await running;
        call.BeatWith(options.Value, time);
        using var leaves = gone.UnsafeRegister(static call => ((ToolCall)call!).HandOver(), call);
        try { return await running; }
        finally { call.StopBeating(); }
    }

    private async ValueTask<ResultOrAlternate<CallToolResult>> AnswerHandedOverAsync(
        ToolCall call, DeferrableTool tool, CallParameters said, Job job, CancellationToken cancellationToken)
    {
        if (call.Era != ClientEra.Plain) return TaskOf(call.Request, job, call.Era);
        // The store hears of the question just after it hears of the job.
        if (call.IsAsking) job = (await jobs.WaitAsync(job.Id, new() { OrInput = true, Timeout = UntilItAsks }, cancellationToken)).Job;
        return AskIfItCan(call.Request, job) ?? await handles.AnswerAsync(job, tool, said.Detail ?? tool.Policy.Detail, said.Strict ?? tool.Policy.Strict);
    }

    /// <summary>A client of 2026-07-28 comes back with what its job has asked: it goes on waiting where it left.</summary>
    private async ValueTask<ResultOrAlternate<CallToolResult>> GoOnAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, Caller caller, string id, CancellationToken cancellationToken)
    {
        var jobId = JobId.Parse(id);
        var job = await jobs.FindAsync(jobId, cancellationToken);
        if (job is null || !caller.MaySee(job)) throw new JobNotFoundException(jobId);
        foreach (var (key, answer) in request.Params.InputResponses ?? new Dictionary<string, InputResponse>())
            await jobs.TryAnswerAsync(jobId, key, answer.RawValue, caller.Owner);
        var said = CallParameters.Read(request.Params.Arguments, tool.Parameters);
        return await FollowAsync(request, tool, ClientEras.Of(request.JsonRpcRequest, request.Server.NegotiatedProtocolVersion), jobId, said, cancellationToken);
    }

    /// <summary>Waits for a job that is there already as for a call.</summary>
    private async ValueTask<ResultOrAlternate<CallToolResult>> FollowAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, ClientEra era, JobId jobId, CallParameters said, CancellationToken cancellationToken)
    {
        var patience = said.AsyncTimeout ?? (tool.Policy.AsyncTimeout > TimeSpan.Zero || tool.Policy.AsyncTimeout == Timeout.InfiniteTimeSpan
            ? tool.Policy.AsyncTimeout
            : options.Value.AsyncTimeout);
        var job = (await jobs.WaitAsync(jobId, new() { OrInput = true, Timeout = patience }, cancellationToken)).Job;
        if (job.IsTerminal) return ToolResults.OfOutcome(await jobs.GetOutcomeAsync(job, cancellationToken));
        if (era != ClientEra.Plain) return TaskOf(request, job, era);
        return AskIfItCan(request, job) ?? await handles.AnswerAsync(job, tool, said.Detail ?? tool.Policy.Detail, said.Strict ?? tool.Policy.Strict);
    }

    private static ResultOrAlternate<CallToolResult>? AskIfItCan(RequestContext<CallToolRequestParams> request, Job job)
    {
        if (!ClientEras.DescribesEachRequest(request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion)) return null;
        var open = JobQuestions.OpenFor(job, request.JsonRpcRequest.Context?.ClientCapabilities ?? request.Server.ClientCapabilities);
        return open.Count == 0
            ? null
            : ResultOrAlternate<CallToolResult>.FromAlternate(new InputRequiredResult { InputRequests = open, RequestState = StatePrefix + job.Id }, InputRequiredType);
    }

    private static McpProtocolException NeedsTasks(RequestContext<CallToolRequestParams> request, DeferrableTool tool) =>
        ClientEras.DescribesEachRequest(request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion)
            ? TaskRules.NotDeclared($"The tool '{tool.Name}' is offered only to clients that follow tasks: declare the extension {ClientEras.TasksExtension}.")
            : new McpProtocolException($"The tool '{tool.Name}' is offered only to clients that follow tasks: call it with the parameter 'task'.", McpErrorCode.MethodNotFound);
}
