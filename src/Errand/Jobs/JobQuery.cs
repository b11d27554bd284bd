namespace Errand;

/// <summary>Which jobs are meant: every condition that is set must hold.</summary>
public sealed record JobQuery
{
    /// <summary>How many a page may have at most.</summary>
    public const int MaxLimit = 1000;

    /// <summary>In one of these states; empty means any.</summary>
    public IReadOnlyList<JobState> States { get; init; } = [];

    /// <summary>Of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Asked for by this agent.</summary>
    public string? Agent { get; init; }

    /// <summary>In this session.</summary>
    public string? Session { get; init; }

    /// <summary>With this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Submitted from this job.</summary>
    public JobId? Parent { get; init; }

    /// <summary>Of this batch.</summary>
    public JobId? Batch { get; init; }

    /// <summary>With this fingerprint.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Only dead letters: jobs whose retries were used up, or could not help.</summary>
    public bool DeadLetters { get; init; }

    /// <summary>With this in its title or kind, whatever the case.</summary>
    public string? Text { get; init; }

    /// <summary>Submitted at this moment or later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Submitted before this moment.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Ended before this moment.</summary>
    public DateTimeOffset? FinishedBefore { get; init; }

    /// <summary>Whose <see cref="JobSpec.KeepFor"/> was over before this moment.</summary>
    public DateTimeOffset? ExpiredBefore { get; init; }

    /// <summary>Oldest first. Default: newest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>How many at most, up to <see cref="MaxLimit"/>. Default: 50.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Go on after this job: the <see cref="JobPage.Next"/> of the page before.</summary>
    public JobId? After { get; init; }

    /// <summary>The phases that <see cref="States"/> stands for.</summary>
    public JobPhases Phases
    {
        get
        {
            var phases = JobPhases.None;
            foreach (var state in States) phases |= state.ToPhases();
            return phases == JobPhases.None ? JobPhases.Live | JobPhases.Ended : phases;
        }
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="Next">Where the next page goes on; absent on the last one.</param>
public sealed record JobPage(IReadOnlyList<Job> Items, JobId? Next);
