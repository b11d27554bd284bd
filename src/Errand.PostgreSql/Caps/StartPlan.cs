namespace Errand.PostgreSql;

/// <summary>Decides which of the candidates of a claim start, in their order, and which go into the line of a cap. It writes nothing itself.</summary>
internal sealed class StartPlan(DateTimeOffset now, int count, IReadOnlyDictionary<string, CapRow> caps)
{
    public List<JobId> Starts { get; } = [];

    public List<(JobId Job, string Cap)> Moves { get; } = [];

    public void Decide(Job job)
    {
        if (Starts.Count == count) return;
        // What stands in the line of a cap is looked at only while that one lets somebody start.
        if (job.WaitsForCap is { } line && !caps[line].Lets(now)) return;
        foreach (var cap in job.Caps)
        {
            if (caps[cap.Name].Lets(now)) continue;
            Moves.Add((job.Id, cap.Name));
            return;
        }
        foreach (var cap in job.Caps) caps[cap.Name].CountStart(now);
        Starts.Add(job.Id);
    }
}
