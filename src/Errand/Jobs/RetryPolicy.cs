namespace Errand;

/// <summary>What happens after an attempt has failed: how often it is tried again, and after how long.</summary>
public sealed record RetryPolicy
{
    /// <summary>A failure is the end. The default of every kind.</summary>
    public static RetryPolicy None { get; } = new() { MaxRetries = 0 };

    /// <summary>How many attempts may follow the first. Default: 3.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The delay before the first retry. Default: 1 s.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What each further delay is multiplied by. Default: 2.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>No delay is longer than this. Default: 5 minutes.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far a delay may be off either way, as a part of it, so that jobs that failed together do not come back together. Default: 0.2.
    /// </summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Error codes that trying again cannot help. Default: none.</summary>
    public IReadOnlyList<string> NotFor { get => field ?? []; init; }

    /// <summary>The delay before the attempt that follows the given one of a job: what its error asks for at least, and off by the jitter.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="job">The job: the same attempt of the same job is always off by as much.</param>
    public TimeSpan DelayAfter(int attempt, JobError error, JobId job)
    {
        var delay = DelayAfter(attempt);
        double off = (2 * Chance(job, attempt)) - 1;
        var jittered = TimeSpan.FromMilliseconds(Math.Round(Math.Min(delay.TotalMilliseconds * (1 + (Jitter * off)), MaxDelay.TotalMilliseconds)));
        return error.RetryAfter is { } asked && asked > jittered ? asked : jittered;
    }

    /// <summary>The delay before the attempt that follows the given one, without jitter.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan DelayAfter(int attempt)
    {
        // Nothing times what has grown without bounds is no number.
        if (BaseDelay == TimeSpan.Zero) return TimeSpan.Zero;
        double delay = BaseDelay.TotalMilliseconds * Math.Pow(Factor, Math.Max(0, attempt - 1));
        return TimeSpan.FromMilliseconds(Math.Round(Math.Min(delay, MaxDelay.TotalMilliseconds)));
    }

    /// <inheritdoc/>
    public bool Equals(RetryPolicy? other) => other is not null
        && (MaxRetries, BaseDelay, Factor, MaxDelay, Jitter) == (other.MaxRetries, other.BaseDelay, other.Factor, other.MaxDelay, other.Jitter)
        && NotFor.SequenceEqual(other.NotFor);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaxRetries, BaseDelay, Factor, MaxDelay, Jitter, NotFor.Count);

    /// <summary>Whether another attempt may follow.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="error">How it failed.</param>
    public bool Allows(int attempt, JobError error) => error.Retryable && attempt <= MaxRetries && !NotFor.Contains(error.Code);

    // From 0 to 1, as evenly as dice but the same each time: what two processes work out for one job agrees, and a test can repeat it.
    private static double Chance(JobId job, int attempt)
    {
        ulong bits = (((ulong)(uint)job.GetHashCode() << 32) | (uint)attempt) * 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 32)) * 0xD6E8FEB86659FD93;
        return ((bits ^ (bits >> 32)) >> 11) * (1.0 / (1UL << 53));
    }
}
