using System.Reflection;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>A tool whose calls can be handed over, as a kind of job.</summary>
internal sealed class DeferrableTool
{
    public const string KindPrefix = "tool.";
    private JobSpec? _lastSpec;

    public DeferrableTool(McpServerTool tool, ToolPolicy policy, Func<DeferrableTool, IJobExecutor> rerun)
    {
        Tool = tool;
        Policy = policy;
        var executor = rerun(this);
        Kind = new(KindPrefix + Name, _ => executor)
        {
            Restartable = policy.Restartable, Limits = policy.Limits, Retry = policy.Retry, AsyncTimeout = policy.AsyncTimeout,
            Cap = policy.MaxRunning is { } running ? new() { Running = running } : null,
        };
        Parameters = CallParameters.NamesFor(tool.ProtocolTool.InputSchema, policy);
        ReportsProgress = MayReport(tool.Metadata);
    }

    public McpServerTool Tool { get; }

    public string Name => Tool.ProtocolTool.Name;

    public ToolPolicy Policy { get; }

    public JobKind Kind { get; }

    /// <summary>The parameters of a call that are Errand's; a tool's own of the same name win.</summary>
    public CallParameters.Names Parameters { get; }

    /// <summary>Whether the tool could tell how far it has come, as far as its method shows.</summary>
    public bool ReportsProgress { get; }

    /// <summary>What the result of the tool will look like, for callers who want to know.</summary>
    public JsonElement? ExpectedSchema => Tool.ProtocolTool.OutputSchema;

    /// <summary>Whether a job is the call of a tool, so that its result is what the tool answered.</summary>
    public static bool IsCall(Job job) => job.Kind.StartsWith(KindPrefix, StringComparison.Ordinal);

    /// <summary>What makes two calls of the tool the same.</summary>
    public string FingerprintOf(JobData input) => JobFingerprint.Of(Kind.Name, input, Policy.Namespace);

    /// <summary>The spec of a call, before it is described.</summary>
    public JobSpec SpecFor(Caller caller)
    {
        // Nearly all calls of a tool are of the same owner as the one before.
        if (Volatile.Read(ref _lastSpec) is { } last && last.Owner == caller.Owner) return last;
        var spec = new JobSpec(Kind.Name)
        {
            Owner = caller.Owner, Title = Tool.ProtocolTool.Title ?? Name, KeepFor = Policy.KeepFor,
            // Who cannot be told apart shares nothing.
            Reuse = caller.IsKnown ? Policy.Reuse : JobReuse.None,
        };
        Volatile.Write(ref _lastSpec, spec);
        return spec;
    }

    private static bool MayReport(IReadOnlyList<object> metadata)
    {
        if (metadata.OfType<MethodInfo>().FirstOrDefault() is not { } method) return true;
        foreach (var parameter in method.GetParameters())
        {
            var type = parameter.ParameterType;
            if (type == typeof(IProgress<ProgressNotificationValue>) || type == typeof(RequestContext<CallToolRequestParams>)) return true;
        }
        return false;
    }
}
