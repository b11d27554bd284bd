using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Who may ask for which task, and what the others are told.</summary>
internal sealed class TaskRules(IJobClient jobs, IOptions<ErrandMcpOptions> options, TimeProvider time)
{
    /// <summary>Who asked for the end of a task, for its history.</summary>
    public const string ByClient = "its client";

    private static readonly TimeSpan Young = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(25);

    /// <summary>The refusal for a client that did not declare the extension.</summary>
    public static MissingRequiredClientCapabilityException NotDeclared(string message) => new(
        new ClientCapabilities { Extensions = new Dictionary<string, object> { [ClientEras.TasksExtension] = new JsonObject() } }, message);

    /// <summary>Refuses a request of a client that did not declare the extension, before anything of it is looked at.</summary>
    public static void RequireExtension(JsonRpcRequest request)
    {
        if (!ClientEras.DeclaresTasks(request))
            throw NotDeclared($"'{request.Method}' needs the extension {ClientEras.TasksExtension} among the capabilities of this request.");
    }

    /// <summary>What a client of the protocol is told where its request was refused.</summary>
    public static McpProtocolException ProblemOf(JobException problem) => new(
        problem.Message, IsOfCaller(problem) ? McpErrorCode.InvalidParams : McpErrorCode.InternalError);

    // Jobs that have no result are a caller's mistake, too: he refers to them in his arguments.
    private static bool IsOfCaller(JobException problem) =>
        problem is InvalidJobException or JobNotFoundException or PayloadTooLargeException or JobNotFinishedException or JobFailedException;

    /// <summary>A text parameter.</summary>
    public static string Text(JsonRpcRequest request, string name) =>
        request.Params is JsonObject parameters && parameters[name] is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : throw new McpProtocolException($"'{request.Method}' needs params.{name}, a string.", McpErrorCode.InvalidParams);

    /// <summary>The job that a request names, if its caller may know of it. Missing and forbidden look alike.</summary>
    public async ValueTask<Job> FindAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        string id = Text(request, "taskId");
        return await FindAsync(request, id, cancellationToken)
            ?? throw new McpProtocolException($"Task '{id}' was not found. It may have expired, or the id is mistyped.", McpErrorCode.InvalidParams);
    }

    /// <summary>
    /// The job that a request names, after a moment where that may well be its end: young work often ends just now, and to say so a moment later
    /// saves the client another look.
    /// </summary>
    public async ValueTask<Job> LookAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var job = await FindAsync(request, cancellationToken);
        bool mayEndNow = job is { IsTerminal: false, State: not JobState.Waiting, CancelRequest: null } && time.GetUtcNow() - job.CreatedAt < Young;
        return mayEndNow ? (await jobs.WaitAsync(job.Id, new() { Timeout = Moment }, cancellationToken)).Job : job;
    }

    /// <summary>A job by its id, if the caller may know of it.</summary>
    public async ValueTask<Job?> FindAsync(JsonRpcRequest request, string id, CancellationToken cancellationToken) =>
        JobId.TryParse(id, out var jobId) && await jobs.FindAsync(jobId, cancellationToken) is { } job && CallerOf(request).MaySee(job) ? job : null;

    /// <summary>Who makes a request.</summary>
    public Caller CallerOf(JsonRpcRequest request) => Caller.Of(request.Context, options.Value);
}
