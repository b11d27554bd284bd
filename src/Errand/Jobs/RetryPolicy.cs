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

    /// <summary>The delay before the attempt that follows the given one.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan DelayAfter(int attempt)
    {
        // Nothing times what has grown without bounds is no number.
        if (BaseDelay == TimeSpan.Zero) return TimeSpan.Zero;
        double delay = BaseDelay.TotalMilliseconds * Math.Pow(Factor, Math.Max(0, attempt - 1));
        return TimeSpan.FromMilliseconds(Math.Round(Math.Min(delay, MaxDelay.TotalMilliseconds)));
    }

    /// <summary>Whether another attempt may follow.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="error">How it failed.</param>
    public bool Allows(int attempt, JobError error) => error.Retryable && attempt <= MaxRetries;
}
