using System.Diagnostics.CodeAnalysis;

namespace Errand;

/// <summary>What somebody asks for: the part of a job that never changes once it is submitted.</summary>
public sealed record JobSpec
{
    /// <summary>The owner of work that nobody else claims: the person who runs this process.</summary>
    public const string LocalOwner = "local";

    /// <summary>A spec to be filled in.</summary>
    public JobSpec() { }

    /// <summary>A spec of a kind.</summary>
    /// <param name="kind">What sort of work it is.</param>
    /// <param name="input">What the work is given.</param>
    [SetsRequiredMembers]
    public JobSpec(string kind, JobData input = default)
    {
        Kind = kind;
        Input = input;
    }

    /// <summary>What sort of work it is; decides which executor runs it.</summary>
    public required string Kind { get; init; }

    /// <summary>What the work is given.</summary>
    public JobData Input { get; init; }

    /// <summary>A line for people.</summary>
    public string? Title { get; init; }

    /// <summary>Who the job belongs to. Default: <see cref="LocalOwner"/>.</summary>
    public string Owner { get; init; } = LocalOwner;

    /// <summary>The agent that asked for it, if one did.</summary>
    public string? Agent { get; init; }

    /// <summary>The session it runs in: jobs of one session and owner run one at a time, in order.</summary>
    public string? Session { get; init; }

    /// <summary>From -10 to 10; each step is worth a minute of waiting, so nothing starves. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names and values that Errand carries along and never reads.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    /// <summary>Not before this moment. Default: at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>
    /// Whether it is only defined for now: it waits until somebody starts it (<see cref="IJobClient.StartAsync"/>), and takes its place in line
    /// then. Default: false.
    /// </summary>
    public bool Held { get; init; }

    /// <summary>How far it may go. Where it says nothing, the kind's limits apply.</summary>
    public JobLimits? Limits { get; init; }

    /// <summary>What happens after a failure. Where it says nothing, the kind's policy applies.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>
    /// The submitter's own name for this request, unique for its owner while the job is kept: submitting it again answers with the same job.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The job that this one was submitted from: cancelling the parent cancels its children.</summary>
    public JobId? Parent { get; init; }

    /// <summary>The earlier job that this one does again.</summary>
    public JobId? RetryOf { get; init; }

    /// <summary>The batch that it belongs to: see <see cref="JobBatch"/>.</summary>
    public JobId? Batch { get; init; }

    /// <summary>The jobs that it starts after.</summary>
    public IReadOnlyList<JobDependency> After { get; init; } = [];

    /// <summary>Caps of its own, beside those that <see cref="ErrandOptions.Caps"/> puts it under.</summary>
    public IReadOnlyList<JobCap> Caps { get; init; } = [];

    /// <summary>
    /// What makes it the same request as another one, see <see cref="JobFingerprint"/>; read only where <see cref="Reuse"/> asks for it.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>Whether an identical request may be answered with this job. Default: <see cref="JobReuse.None"/>.</summary>
    public JobReuse Reuse { get; init; }

    /// <summary>How long it is kept after its end. Where it says nothing, <see cref="ErrandOptions.Retention"/> decides.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>The W3C trace context of the submitter, so that one trace spans submit and run.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whom to tell when the job has ended, or waits for a person.</summary>
    public IReadOnlyList<JobNotice> Notify { get; init; } = [];

    /// <summary>What it is. Not what the work is given, which may be secret.</summary>
    public override string ToString() => $"{Kind}{(Title is null ? "" : $" '{Title}'")} of {Owner}, with {Input.Length} bytes of input";

    internal static IReadOnlyDictionary<string, string> EmptyMetadata { get; } = new Dictionary<string, string>();
}
