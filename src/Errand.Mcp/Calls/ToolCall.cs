using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>One call of a deferrable tool: the same from its first moment to its last, whether or not its caller is still there.</summary>
internal sealed partial class ToolCall : ICallBody
{
    private static readonly JobOutcome Done = JobOutcome.Completed();
    private static readonly JobOutcome Erred = JobOutcome.Failed(new(JobErrorCodes.Exception, "The tool's answer says that it is an error."));
    private readonly McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> _next;
    private readonly DeferrableTool _tool;
    private readonly ProgressToken? _clientsToken;
    private readonly IDictionary<string, JsonElement>? _arguments;
    private JobContext? _job;
    private JobOutcome? _returned;
    private ResultOrAlternate<CallToolResult>? _answer;
    private Exception? _thrown;
    private volatile bool _detached;

    public ToolCall(
        RequestContext<CallToolRequestParams> request, McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> next,
        DeferrableTool tool, ClientEra era, CallParameters said, IDictionary<string, JsonElement>? resolved = null)
    {
        Request = request;
        Era = era;
        // Who asks for a task is answered at once: what the call has to say goes to the task.
        _detached = era == ClientEra.LegacyTasks;
        _next = next;
        _tool = tool;
        _clientsToken = request.Params!.ProgressToken;
        _arguments = said.Arguments;
        // What is stored is the reference, and what the tool is given is what it refers to.
        request.Params.Arguments = resolved ?? said.Arguments;
    }

    /// <summary>The call as its client made it.</summary>
    public RequestContext<CallToolRequestParams> Request { get; }

    /// <summary>How its client follows what is handed over.</summary>
    public ClientEra Era { get; }

    /// <summary>Whether its client still waits for the answer.</summary>
    public bool IsAttended => !_detached;

    /// <summary>Whether the job has asked something: then it is about to wait for an answer, if it does not yet.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Its client was answered: what it has to say from now on only the job hears.</summary>
    public void Detach() => _detached = true;

    /// <summary>Its client is gone, which means no cancel: it is handed over, so that it can be found again.</summary>
    public async void HandOver()
    {
        try { await (_job?.HandOverAsync() ?? default); }
        catch (Exception)
        {
            // It goes on as it is, and tries again when its patience ends.
        }
    }

    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        _job = job;
        var server = new CallServer(Request.Server, this);
        var context = new RequestContext<CallToolRequestParams>(
            server.WithOutgoingRequestInterceptor(AskAsync), Request.JsonRpcRequest, Request.Params!)
        {
            MatchedPrimitive = Request.MatchedPrimitive,
            // The request's own services end with it.
            Services = job.Services,
        };
        if (_clientsToken is null && _tool.ReportsProgress) (context.Params.Meta ??= [])["progressToken"] = OwnToken;
        while (true)
        {
            try
            {
                _answer = await _next(context, job.CancellationToken);
                return _returned = _answer is { IsAlternate: false, Result.IsError: true } ? Erred : Done;
            }
            catch (InputRequiredException needs) when (job.IsStored)
            {
                // There is nobody to call again with the answers, so the job asks for them and calls again itself.
                context.Params.InputResponses = await AskForAllAsync(needs.Result);
                context.Params.RequestState = needs.Result.RequestState;
            }
            catch (Exception e) when (Note(e))
            {
                throw;
            }
        }
    }

    /// <summary>The answer to a client that is still there: what the tool returned, or threw.</summary>
    /// <param name="result">How the call ended.</param>
    /// <param name="answer">The tool's own answer; none where the outcome is another one, or another call's.</param>
    public bool TryAnswer(CallResult result, out ResultOrAlternate<CallToolResult>? answer)
    {
        answer = null;
        // A limit or a cancel may have had the first word.
        if (result.Outcome?.Error?.Code is not (null or JobErrorCodes.Exception)) return false;
        if (_returned is not null && result.Outcome!.State == _returned.State) answer = _answer;
        else if (_thrown is not null) ExceptionDispatchInfo.Throw(_thrown);
        return answer is not null;
    }

    public JobSpec Describe(JobSpec spec)
    {
        var input = ToolResults.ToJson(_arguments);
        return spec with
        {
            Input = input,
            Fingerprint = _tool.FingerprintOf(input),
            Metadata = Metadata(),
        };
    }

    public JobOutcome Record(JobOutcome outcome)
    {
        if (_thrown is McpProtocolException problem && outcome.Error is { Code: JobErrorCodes.Exception }) return ToolResults.ToOutcome(problem);
        if (!ReferenceEquals(outcome, _returned)) return outcome;
        return _answer switch
        {
            { IsAlternate: false, Result: { } result } => ToolResults.ToOutcome(result),
            _ => JobOutcome.Failed(new(JobErrorCodes.Exception, "A filter of the server answered in a form that cannot be kept.", Retryable: false)),
        };
    }

    private bool Note(Exception e)
    {
        _thrown = e;
        return false;
    }

    private Dictionary<string, string> Metadata()
    {
        var metadata = new Dictionary<string, string>(2, StringComparer.Ordinal);
        if (Request.Server.ClientInfo is { } client) metadata[ToolMetadata.Client] = $"{client.Name} {client.Version}";
        if (ClientEras.VersionOf(Request) is { } version) metadata[ToolMetadata.Version] = version;
        return metadata;
    }

    private async ValueTask<IDictionary<string, InputResponse>> AskForAllAsync(InputRequiredResult needs)
    {
        // All at once, in one order, so that each has the same key in a run after a crash.
        (string Key, Task<JobData> Answer)[] asked =
            [.. (needs.InputRequests ?? new Dictionary<string, InputRequest>()).OrderBy(request => request.Key, StringComparer.Ordinal)
                .Select(request => (request.Key, _job!.AskAsync(JobQuestions.ToJson(request.Value.Method, request.Value.Params)).AsTask()))];
        await Task.WhenAll(asked.Select(question => question.Answer));
        var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var (key, answer) in asked) answers[key] = new() { RawValue = (await answer).ToElement() };
        return answers;
    }

    private async ValueTask<JsonNode?> AskAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        if (AsksItsClient(method))
        {
            var response = await Request.Server.SendRequestAsync(new JsonRpcRequest { Method = method, Params = parameters }, cancellationToken);
            return response.Result;
        }
        if (!JobQuestions.MayBeAsked(method)) throw new McpException($"The client of a call that may be handed over cannot be asked for '{method}'.");
        IsAsking = true;
        var answer = await _job!.AskAsync(JobQuestions.ToJson(method, parameters));
        return JsonNode.Parse(answer.Utf8.Span);
    }

    // A client with a session can be asked over it, as if nothing could ever be handed over. All others are asked through the job.
    private bool AsksItsClient(string method) =>
        IsAttended && Era == ClientEra.Plain && !ClientEras.DescribesEachRequest(Request)
        && JobQuestions.Understands(Request.Server.ClientCapabilities, method);
}
