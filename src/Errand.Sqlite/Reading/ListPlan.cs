namespace Errand.Sqlite;

/// <summary>
/// Where to look for the jobs that a query means. Every list is ordered by id and every index has the shape (what, phase, id), so a page is
/// made of the beginnings of a few stretches, one for each phase, and costs the same however many jobs there are.
/// </summary>
/// <remarks>
/// A condition on times becomes one on ids, which carry the time. The few jobs for which that would be wrong, because their times are more
/// than a minute from that of their id, are marked as strays when they are written and looked for apart.
/// </remarks>
internal sealed class ListPlan
{
    // With more kinds than this in a store, a list by state looks at all jobs in turn.
    private const int MostKinds = 64;
    private static readonly JobPhase[] AllPhases = Enum.GetValues<JobPhase>();
    private static readonly long LatestTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly byte[] Lowest = new byte[16];
    private readonly JobQuery _query;
    private readonly JobPhases _phases;
    private readonly (string Index, string Where, object? Value)? _lead;
    private readonly JobId? _from, _before;

    public ListPlan(JobQuery query)
    {
        _query = query;
        _phases = query.Phases;
        _lead = LeadOf(query);
        _from = query.CreatedFrom is { } from ? IdAt(from, -JobBinding.StrayAfter) : null;
        // A job that ended before a moment was made before it.
        var before = query.FinishedBefore is { } finished && !(query.CreatedBefore <= finished) ? finished : query.CreatedBefore;
        _before = before is { } end ? IdAt(end, JobBinding.StrayAfter + TimeSpan.FromMilliseconds(1)) : null;
    }

    /// <summary>Whether the kinds that are in the store are needed to make the ranges.</summary>
    public bool NeedsKinds => _lead is null && _phases != (JobPhases.Live | JobPhases.Ended);

    /// <summary>The stretches to look at.</summary>
    /// <param name="kindsUpTo">Answers the kinds that are in the store, up to a number.</param>
    /// <param name="counting">Whether everything is counted, so that the order of ids is of no use.</param>
    public IReadOnlyList<ListRange> Ranges(Func<int, IReadOnlyList<string>> kindsUpTo, bool counting)
    {
        List<ListRange> ranges = [];
        bool timed = _from is not null || _before is not null;
        if (_lead is { } lead) AddPhases(ranges, lead, timed);
        else if (NeedsKinds || (counting && !timed)) AddKinds(ranges, kindsUpTo, timed);
        else ranges.Add(new("job_by_id", Timed(new(), timed), Rest(null, byPhase: false)));
        if (timed) AddPhases(ranges, ("job_by_stray", "stray = ?", 1L), timed: false);
        return ranges;
    }

    private void AddKinds(List<ListRange> ranges, Func<int, IReadOnlyList<string>> kindsUpTo, bool timed)
    {
        var kinds = kindsUpTo(MostKinds + 1);
        if (kinds.Count > MostKinds) ranges.Add(new("job_by_id", Timed(new(), timed), Rest(null, byPhase: false)));
        else
            foreach (string kind in kinds) AddPhases(ranges, ("job_by_kind", "kind = ?", kind), timed);
    }

    private void AddPhases(List<ListRange> ranges, (string Index, string Where, object? Value) lead, bool timed)
    {
        var rest = Rest(lead.Index, byPhase: true);
        foreach (var phase in AllPhases)
        {
            if (!_phases.Has(phase)) continue;
            var where = new ListCondition().AndWhole(lead.Where, lead.Value).And("phase = ?", (long)phase);
            ranges.Add(new(lead.Index, Timed(where, timed), rest));
        }
    }

    private ListCondition Timed(ListCondition where, bool timed)
    {
        if (!timed) return where;
        return where.AndIf(_from, "id >= ?").AndIf(_before, "id < ?").And("stray IS NULL");
    }

    private ListCondition Rest(string? lead, bool byPhase)
    {
        var rest = new ListCondition();
        if (!byPhase && _phases != (JobPhases.Live | JobPhases.Ended)) rest.And("((1 << phase) & ?) <> 0", (long)_phases);
        if (lead != "job_by_kind") rest.AndIf(_query.Kind, "kind = ?");
        if (lead != "job_by_owner") rest.AndIf(_query.Owner, "owner = ?");
        if (lead != "job_by_agent") rest.AndIf(_query.Agent, "agent = ?");
        if (lead != "job_by_session") rest.AndIf(_query.Session, "session = ?");
        if (lead != "job_by_parent") rest.AndIf(_query.Parent, "parent = ?");
        if (lead != "job_by_batch") rest.AndIf(_query.Batch, "batch = ?");
        if (lead != "job_by_dead" && _query.DeadLetters) rest.And("dead = 1");
        return rest.AndIf(_query.Tag, "EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)")
            .AndIf(_query.CreatedFrom?.Milliseconds(), "created_at >= ?")
            .AndIf(_query.CreatedBefore?.Milliseconds(), "created_at < ?")
            .AndIf(_query.FinishedBefore?.Milliseconds(), "finished_at < ?")
            .AndIf(_query.ExpiredBefore?.Milliseconds(), "finished_at + keep_for < ?")
            .AndIf(_query.Fingerprint, "fingerprint = ?");
    }

    private static JobId IdAt(DateTimeOffset at, TimeSpan apart)
    {
        long milliseconds = at.ToUnixTimeMilliseconds() + (long)apart.TotalMilliseconds;
        return JobId.From(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, LatestTime)), Lowest);
    }

    private static (string Index, string Where, object? Value)? LeadOf(JobQuery query) => query switch
    {
        { Batch: { } batch } => ("job_by_batch", "batch = ?", batch),
        { Parent: { } parent } => ("job_by_parent", "parent = ?", parent),
        { DeadLetters: true } => ("job_by_dead", "dead = ?", 1L),
        { ExpiredBefore: not null } => ("job_by_keep", "keep_for IS NOT NULL", null),
        { Session: { } session } => ("job_by_session", "session = ?", session),
        { Agent: { } agent } => ("job_by_agent", "agent = ?", agent),
        // Nearly all jobs are of the local owner, so the index leaves them out.
        { Owner: { } owner } when owner != JobSpec.LocalOwner => ("job_by_owner", "owner <> 'local' AND owner = ?", owner),
        { Kind: { } kind } => ("job_by_kind", "kind = ?", kind),
        _ => null,
    };
}
