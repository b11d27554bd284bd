namespace Errand;

/// <summary>Which caps jobs are put under when they are submitted. A size for a name goes before the one for each.</summary>
public sealed class CapOptions
{
    /// <summary>For kinds by name, such as <c>resize</c>. What the kind itself says (<see cref="JobKind.Cap"/>) comes after this.</summary>
    public IDictionary<string, CapSize> Kinds { get; } = new Dictionary<string, CapSize>(StringComparer.Ordinal);

    /// <summary>For owners by name.</summary>
    public IDictionary<string, CapSize> Owners { get; } = new Dictionary<string, CapSize>(StringComparer.Ordinal);

    /// <summary>For agents by name, such as <c>claude</c>.</summary>
    public IDictionary<string, CapSize> Agents { get; } = new Dictionary<string, CapSize>(StringComparer.Ordinal);

    /// <summary>For the caps that jobs name themselves (<see cref="JobSpec.Caps"/>) without a size.</summary>
    public IDictionary<string, CapSize> Keys { get; } = new Dictionary<string, CapSize>(StringComparer.Ordinal);

    /// <summary>For each kind. Default: none.</summary>
    public CapSize? EachKind { get; set; }

    /// <summary>For each owner. Default: none.</summary>
    public CapSize? EachOwner { get; set; }

    /// <summary>For each agent. Default: none.</summary>
    public CapSize? EachAgent { get; set; }

    /// <summary>For each cap that a job names itself without a size. Default: none.</summary>
    public CapSize? EachKey { get; set; }

    /// <summary>For each session of an owner, where one job runs at a time anyway. Default: 100 that wait.</summary>
    public CapSize? EachSession { get; set; } = new() { Queued = 100 };

    /// <summary>The caps that a job of a spec stands under.</summary>
    internal IReadOnlyList<JobCap> Of(JobSpec spec, JobKind? kind)
    {
        List<JobCap>? caps = null;
        void Add(string scope, string? name, CapSize? size)
        {
            if (name is not null && size is not null && size != CapSize.Unlimited) (caps ??= []).Add(new($"{scope}/{name}", size));
        }

        Add("kind", spec.Kind, SizeOf(Kinds, spec.Kind, kind?.Cap ?? EachKind));
        Add("owner", spec.Owner, SizeOf(Owners, spec.Owner, EachOwner));
        Add("agent", spec.Agent, SizeOf(Agents, spec.Agent, EachAgent));
        if (spec.Session is { } session) Add($"session/{spec.Owner}", session, EachSession);
        foreach (var cap in spec.Caps) Add("key", cap.Name, cap.Size == CapSize.Unlimited ? SizeOf(Keys, cap.Name, EachKey) : cap.Size);
        return caps ?? (IReadOnlyList<JobCap>)[];
    }

    /// <summary>The size that a kind has, if it has one.</summary>
    internal CapSize? OfKind(JobKind kind) => SizeOf(Kinds, kind.Name, kind.Cap ?? EachKind);

    internal IEnumerable<string> Problems()
    {
        foreach (var (place, sizes) in new[] { ("Kinds", Kinds), ("Owners", Owners), ("Agents", Agents), ("Keys", Keys) })
            foreach (var (name, size) in sizes)
                if (ProblemOf(size) is { } problem) yield return $"Caps.{place}[\"{name}\"]: {problem}";
        foreach (var (place, size) in new[]
                 {
                     (nameof(EachKind), EachKind), (nameof(EachOwner), EachOwner), (nameof(EachAgent), EachAgent), (nameof(EachKey), EachKey),
                     (nameof(EachSession), EachSession),
                 })
            if (size is not null && ProblemOf(size) is { } problem) yield return $"Caps.{place}: {problem}";
    }

    /// <summary>What is wrong with a size, if anything is.</summary>
    internal static string? ProblemOf(CapSize size) => size switch
    {
        { Running: < 1 } => $"Running is {size.Running}; it must be at least 1, such as 4. To start none, pause the kind.",
        { Queued: < 1 } => $"Queued is {size.Queued}; it must be at least 1, such as 100. To take none, drain the kind.",
        { Rate: { Count: < 1 } rate } => $"Rate.Count is {rate.Count}; it must be at least 1, such as 10.",
        { Rate: { Burst: < 1 } rate } => $"Rate.Burst is {rate.Burst}; it must be at least 1, such as 1.",
        { Rate: { } rate } when rate.Period <= TimeSpan.Zero || rate.Period > TimeSpan.FromDays(365) =>
            $"Rate.Period is {rate.Period}; it must be positive and at most a year, such as 00:01:00.",
        { Rate: { } rate } when rate.Interval < TimeSpan.FromMilliseconds(1) =>
            $"Rate allows {rate.Count} in {rate.Period}, more than one each millisecond; leave it out.",
        _ => null,
    };

    private static CapSize? SizeOf(IDictionary<string, CapSize> sizes, string? name, CapSize? each) =>
        name is not null && sizes.Count > 0 && sizes.TryGetValue(name, out var size) ? size : each;
}
