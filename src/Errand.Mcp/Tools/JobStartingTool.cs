using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// One of Errand's own tools whose calls are work of a kind of job: they are handed over as those of any deferrable tool are, by the same
/// parameters, and are answered within the caller's patience as if there were no jobs.
/// </summary>
internal abstract class JobStartingTool(ErrandToolParts parts, IJobClient jobs, Handles handles) : ErrandTool(parts)
{
    private ToolPolicy? _policy;
    private CallParameters.Names? _parameters;

    public override bool FollowsJobs => false;

    protected override JsonElement InputSchema => ToolListing.WithParameters(JsonElement.Parse(Schema), Parameters, Policy);

    protected override JsonElement OutputSchema => ToolListing.WithHandle(JsonElement.Parse(AnswerSchema));

    protected override bool IsReadOnly => false;

    protected override bool IsDestructive => true;

    protected override bool IsIdempotent => false;

    protected override bool IsOpenWorld => true;

    // Such work is done by others, so it goes on where its caller gives up.
    private ToolPolicy Policy =>
        _policy ??= ToolPolicy.Of(OwnName, [new DeferrableAttribute { OnAbandon = OnAbandon.Promote }], Parts.Settings.Value)!;

    // Asked for by every call, and to be read from the schema only once.
    private CallParameters.Names Parameters => _parameters ??= CallParameters.NamesFor(JsonElement.Parse(Schema), Policy);

    /// <summary>What is asked for by a call.</summary>
    protected abstract JobSpec SpecOf(ToolArguments arguments);

    /// <summary>Whether a call wants to be handed over at once.</summary>
    protected abstract bool WantsNoAnswer(ToolArguments arguments);

    /// <summary>What a call is answered that ended in time.</summary>
    protected abstract CallToolResult AnswerOf(JobOutcome outcome);

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var said = CallParameters.Read(call.Request.Params?.Arguments, Parameters);
        bool isLegacyTask = IsLegacyTask(call);
        var keepFor = isLegacyTask ? LegacyTaskParameters.ReadKeepFor(call.Request.JsonRpcRequest, Policy.KeepFor) : Policy.KeepFor;
        var spec = SpecOf(call.Arguments) with { Owner = call.Caller.Owner, KeepFor = keepFor };
        if (Policy.Limits != JobLimits.None) spec = spec with { Limits = Policy.Limits };
        if (Policy.Retry != RetryPolicy.None) spec = spec with { Retry = Policy.Retry };
        var patience = said.AsyncTimeout ?? Policy.AsyncTimeout;
        bool atOnce = patience == TimeSpan.Zero || isLegacyTask || WantsNoAnswer(call.Arguments);
        var how = new CallOptions { AsyncTimeout = atOnce ? null : patience, OnAbandon = Policy.OnAbandon, HandOverAtOnce = atOnce };
        using var givesUp = call.GivesUp(cancellationToken);
        using var heartbeat = call.Beat(Parts.Settings.Value, Parts.Time);
        // That its client has gone is no wish to have it cancelled, but a reason to hand it over.
        var result = await jobs.CallAsync(spec, how, Policy.OnAbandon == OnAbandon.Promote ? givesUp.Token : cancellationToken);
        return result.Outcome is { } outcome
            ? AnswerOf(outcome)
            : await handles.AnswerAsync(result.Job!, null, said.Detail ?? Policy.Detail, said.Strict ?? Policy.Strict, JsonElement.Parse(AnswerSchema));
    }

    private static bool IsLegacyTask(ErrandToolCall call) => ClientEras.Of(call.Request) == ClientEra.LegacyTasks;
}
