namespace Errand;

/// <summary>How far a job has come.</summary>
/// <param name="Current">How much is done.</param>
/// <param name="Total">How much there is to do, where that is known.</param>
/// <param name="Message">A line for people.</param>
public sealed record JobProgress(double Current, double? Total = null, string? Message = null)
{
    /// <summary>From 0 to 100, never beyond; absent while the total is unknown or nothing, or where what was reported is no number.</summary>
    public double? Percent =>
        Total is > 0 && Current / Total.Value * 100 is var percent && !double.IsNaN(percent) ? Math.Clamp(percent, 0, 100) : null;

    /// <summary>When the work will be done if it goes on as it went; absent when nothing tells.</summary>
    /// <param name="startedAt">When the work started.</param>
    /// <param name="now">The time now.</param>
    public TimeSpan? Remaining(DateTimeOffset startedAt, DateTimeOffset now)
    {
        if (Percent is not > 0) return null;
        double elapsed = (now - startedAt).TotalMilliseconds;
        if (elapsed < 0) return null;
        double remaining = elapsed * (100 - Percent.Value) / Percent.Value;
        return remaining < TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(Math.Round(remaining)) : null;
    }
}
