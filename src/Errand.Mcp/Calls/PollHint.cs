namespace Errand.Mcp;

/// <summary>
/// How long a client does best to wait before it looks at a job again: short for a young one, which may well end at once, and longer with its
/// age, so that looking late never costs more than a part of what the job took anyway.
/// </summary>
internal static class PollHint
{
    private const double Shortest = 50;
    private const double Longest = 30_000;
    private const double PartOfAge = 0.25;

    /// <summary>The hint, in milliseconds.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The time now.</param>
    public static int Of(Job job, DateTimeOffset now)
    {
        double age = (now - (job.StartedAt ?? job.CreatedAt)).TotalMilliseconds;
        // A person takes his time, and a job that is not due does not end before.
        if (job.State == JobState.Waiting && job.Inputs is [.., { AskedAt: var asked }]) age = (now - asked).TotalMilliseconds + 2000;
        else if (job.State == JobState.Queued) age = Math.Max((now - job.CreatedAt).TotalMilliseconds, (job.ScheduledAt - now).TotalMilliseconds);
        return (int)Math.Clamp(age * PartOfAge, Shortest, Longest);
    }
}
