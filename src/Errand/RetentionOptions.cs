namespace Errand;

/// <summary>How long ended jobs are kept. Live ones are never removed, nor those that a live one starts after.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// How long a job is kept after its end, where neither it (<see cref="JobSpec.KeepFor"/>) nor a rule says otherwise. Default: 24 h.
    /// </summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many ended jobs are kept at most, in all; the oldest go first. Default: 1,000,000.</summary>
    public int Count { get; set; } = 1_000_000;

    /// <summary>What holds for some jobs only. For its age, the first rule that means a job counts; for its count, each rule by itself.</summary>
    public IList<RetentionRule> Rules { get; } = [];

    /// <summary>How often ended jobs are looked through. Default: 1 min.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a job is kept after its end.</summary>
    internal TimeSpan AgeOf(Job job)
    {
        if (job.Spec.KeepFor is { } own) return own;
        foreach (var rule in Rules)
            if (rule.Age is { } age && rule.Means(job)) return age;
        return Age;
    }

    /// <summary>The shortest time after which a job that does not say itself may go.</summary>
    internal TimeSpan ShortestAge => Rules.Select(rule => rule.Age ?? Age).Append(Age).Min();

    internal IEnumerable<string> Problems()
    {
        if (Age < TimeSpan.Zero) yield return $"Retention.Age is {Age}; it must not be negative, such as 1.00:00:00.";
        if (Count < 0) yield return $"Retention.Count is {Count}; it must not be negative, such as 1000000.";
        if (SweepInterval <= TimeSpan.Zero) yield return $"Retention.SweepInterval is {SweepInterval}; it must be positive, such as 00:01:00.";
        for (int i = 0; i < Rules.Count; i++)
            if (Rules[i].Problem is { } problem) yield return $"Retention.Rules[{i}]: {problem}";
    }
}

/// <summary>How long some jobs are kept after their end: those that fit all of what it names.</summary>
public sealed record RetentionRule
{
    /// <summary>Of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>That ended in this state.</summary>
    public JobState? State { get; init; }

    /// <summary>Of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>In this session.</summary>
    public string? Session { get; init; }

    /// <summary>How long they are kept.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How many of them are kept at most; the oldest go first.</summary>
    public int? Count { get; init; }

    internal bool Means(Job job) =>
        (Kind is null || Kind == job.Kind) && (State is null || State == job.State) && (Owner is null || Owner == job.Owner)
        && (Session is null || Session == job.Spec.Session);

    internal JobQuery Query() =>
        new() { Kind = Kind, Owner = Owner, Session = Session, States = State is { } state ? [state] : JobStates.Ended, OldestFirst = true };

    internal string? Problem => this switch
    {
        { Age: null, Count: null } => "It says neither Age nor Count; give one, such as Age = 7.00:00:00.",
        { Age: { } age } when age < TimeSpan.Zero => $"Age is {age}; it must not be negative, such as 7.00:00:00.",
        { Count: < 0 } => $"Count is {Count}; it must not be negative, such as 1000.",
        { State: { } state } when !state.IsTerminal() =>
            $"State is {state.ToWord()}; only ended jobs are removed, so it must be completed, failed or cancelled.",
        _ => null,
    };
}
