using Errand.Mcp.Wire;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using CallHandler = ModelContextProtocol.Server.McpRequestHandler<
    ModelContextProtocol.Protocol.CallToolRequestParams,
    ModelContextProtocol.Protocol.ResultOrAlternate<ModelContextProtocol.Protocol.CallToolResult>>;

namespace Errand.Mcp;

/// <summary>
/// Where every call of a tool comes by. Those of deferrable tools become executions: inside the caller's patience the client is answered as if
/// nothing had been done to them, past it with what it takes to follow the job.
/// </summary>
internal sealed class ToolCalls(
    IJobClient jobs, ToolKinds tools, CallAnswers answers, ResultReferences references, AbandonedCalls abandoned, IOptions<ErrandMcpOptions> options,
    TimeProvider time)
{
    private static readonly TimeSpan StillMeant = TimeSpan.FromMinutes(10);

    /// <summary>Whether a call is of a deferrable tool, or of one of Errand's own. All others are answered as if there were no Errand.</summary>
    public bool IsConcerned(RequestContext<CallToolRequestParams> request) =>
        ErrandToolAlias.Unwrap(request.MatchedPrimitive) is not null
        || (request.MatchedPrimitive is McpServerTool tool && tools.Of(tool) is not null);

    /// <summary>Handles a call.</summary>
    public ValueTask<ResultOrAlternate<CallToolResult>> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CallHandler next, CancellationToken cancellationToken)
    {
        var era = ClientEras.Of(request);
        if (request.MatchedPrimitive is McpServerTool tool && tools.Of(tool) is { } deferrable)
            return InvokeAsync(request, deferrable, era, next, cancellationToken);
        if (request.MatchedPrimitive is { } own && ErrandToolAlias.Unwrap(own) is JobStartingTool)
            return StartAsync(request, era, next, cancellationToken);
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
        return answers.TaskOf(request, await jobs.GetAsync(id, cancellationToken), era);
    }

    // Who asked for a task does not expect a tool's answer.
    private static McpProtocolException Refusal(CallToolResult? answer) =>
        new(answer?.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text ?? "The call was refused.", McpErrorCode.InvalidParams);

    private async ValueTask<ResultOrAlternate<CallToolResult>> InvokeAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, ClientEra era, CallHandler next, CancellationToken cancellationToken)
    {
        if (tool.Policy.TaskOnly && era == ClientEra.Plain) throw NeedsTasks(request, tool);
        try
        {
            var caller = Caller.Of(request.JsonRpcRequest.Context, options.Value);
            var said = CallParameters.Read(request.Params.Arguments, tool.Parameters);
            if (CallAnswers.JobOf(request.Params.RequestState) is { } known)
                return await GoOnAsync(request, tool, caller, said, known, cancellationToken);
            if (era != ClientEra.LegacyTasks && await ResumeAsync(request, tool, caller, said, cancellationToken) is { } resumed) return resumed;
            var resolved = ResultReferences.AreIn(said.Arguments) ? await references.ResolveAsync(said.Arguments!, caller, cancellationToken) : null;
            var call = new ToolCall(request, next, tool, era, said, resolved);
            var result = await RunAsync(call, tool, caller, said, cancellationToken);
            if (!result.IsPromoted) return call.TryAnswer(result, out var answer) ? answer! : ToolResults.OfOutcome(result.Outcome!);
            call.Detach();
            if (!IsHeard(request, cancellationToken)) abandoned.Add(result.Job!);
            return await answers.HandedOverAsync(call, tool, said, result.Job!, cancellationToken);
        }
        catch (JobException e)
        {
            // Who asked for a task does not expect a tool's answer.
            if (era == ClientEra.LegacyTasks) throw TaskRules.ProblemOf(e);
            return ErrandTool.Error(WireProblem.Of(e));
        }
    }

    private static bool IsHeard(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && !CallerPresence.GoneOf(request.JsonRpcRequest.Context).IsCancellationRequested;

    /// <summary>
    /// The answer to a call that was made before, by a client who was gone when it was handed over; none where there is no such call.
    /// </summary>
    private async ValueTask<ResultOrAlternate<CallToolResult>?> ResumeAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, Caller caller, CallParameters said, CancellationToken cancellationToken)
    {
        if (abandoned.Take(tool, caller, said) is not { } id) return null;
        // What is gone, or ended long ago, is not what this call is after: it is one of its own.
        if (await jobs.FindAsync(id, CancellationToken.None) is not { } job || time.GetUtcNow() - job.FinishedAt > StillMeant) return null;
        try
        {
            var answer = await answers.AfterWaitAsync(request, tool, said, (id, PatienceOf(tool, said)), cancellationToken);
            if (!IsHeard(request, cancellationToken)) abandoned.Add(job);
            return answer;
        }
        catch (OperationCanceledException)
        {
            abandoned.Add(job);
            throw;
        }
    }

    private async ValueTask<CallResult> RunAsync(
        ToolCall call, DeferrableTool tool, Caller caller, CallParameters said, CancellationToken cancellationToken)
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

    /// <summary>A client of 2026-07-28 comes back with what its job has asked: it goes on waiting where it left.</summary>
    private async ValueTask<ResultOrAlternate<CallToolResult>> GoOnAsync(
        RequestContext<CallToolRequestParams> request, DeferrableTool tool, Caller caller, CallParameters said, JobId id,
        CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(id, cancellationToken) is not { } job || !caller.MaySee(job)) throw new JobNotFoundException(id);
        foreach (var (key, answer) in request.Params.InputResponses ?? new Dictionary<string, InputResponse>())
            await jobs.TryAnswerAsync(id, key, answer.RawValue, caller.Owner);
        return await answers.AfterWaitAsync(request, tool, said, (id, PatienceOf(tool, said)), cancellationToken);
    }

    // To hand over at once means nothing where there is a job already.
    private TimeSpan PatienceOf(DeferrableTool tool, CallParameters said) =>
        said.AsyncTimeout ?? (tool.Policy.AsyncTimeout == TimeSpan.Zero ? options.Value.AsyncTimeout : tool.Policy.AsyncTimeout);

    private static McpProtocolException NeedsTasks(RequestContext<CallToolRequestParams> request, DeferrableTool tool)
    {
        string refusal = $"The tool '{tool.Name}' is offered only to clients that follow tasks: ";
        return ClientEras.DescribesEachRequest(request)
            ? TaskRules.NotDeclared($"{refusal}declare the extension {ClientEras.TasksExtension}.")
            : new McpProtocolException($"{refusal}call it with the parameter 'task'.", McpErrorCode.MethodNotFound);
    }
}
