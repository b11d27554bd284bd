namespace Errand.PostgreSql;

/// <summary>Decides which of the candidates of a claim start, in their order, and which go into the line of a cap. Writes nothing itself.</summary>
/// <param name="now">When it is.</param>
/// <param name="count">How many may start.</param>
/// <param name="caps">The caps of all candidates.</param>
/// <param name="lastInView">Those behind whom a cap's line was not looked at.</param>
internal sealed class StartPlan(
    DateTimeOffset now, int count, IReadOnlyDictionary<string, CapRow> caps, IReadOnlySet<JobId> lastInView)
{
    private readonly HashSet<(string Cap, string Kind)> _left = [];
    private bool _isCut;

    public List<JobId> Starts { get; } = [];

    public List<(JobId Job, string Cap)> Moves { get; } = [];

    public void Decide(Job job)
    {
        if (Starts.Count == count || _isCut) return;
        // What stands in the line of a cap is looked at only while that one lets somebody start.
        if (job.WaitsForCap is { } line && !caps[line].Lets(now)) return;
        if (job.Caps.FirstOrDefault(cap => !caps[cap.Name].Lets(now)) is { } full) Move(job, full.Name);
        else Start(job);
        // Where somebody left a line, one who is not in view may start instead, and be before the candidates that are still to come.
        _isCut = job.WaitsForCap is { } left && lastInView.Contains(job.Id) && _left.Contains((left, job.Kind));
    }

    private void Start(Job job)
    {
        foreach (var cap in job.Caps) caps[cap.Name].CountStart(now);
        Starts.Add(job.Id);
    }

    private void Move(Job job, string cap)
    {
        Moves.Add((job.Id, cap));
        if (job.WaitsForCap is { } line) _left.Add((line, job.Kind));
    }
}
