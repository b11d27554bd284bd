namespace Errand;

/// <summary>A job's whole story: what its columns say, and the lines that were written along the way.</summary>
internal static class JobHistory
{
    public static IReadOnlyList<JobEvent> Of(Job job, IReadOnlyList<JobEvent> lines)
    {
        List<JobEvent> story = [new(job.CreatedAt, JobEvents.Submitted, job.Owner), .. lines];
        if (job.StartedAt is { } started) story.Add(new(started, JobEvents.Started, job.Runner?.Text, null, job.Attempt));
        if (job.PromotedAt is { } promoted)
            story.Add(new(
                promoted, JobEvents.Promoted, null, $"handed over after {(promoted - job.CreatedAt).TotalMilliseconds:F0} ms", job.Attempt));
        if (job.FinishedAt is { } finished) story.Add(new(finished, JobEvents.Finished, null, job.State.ToWord(), job.Attempt));
        // A stable sort: lines of the same millisecond stay as they were written, the submission first and the end last.
        return [.. story.OrderBy(line => line.At).ThenBy(line => line.Name == JobEvents.Submitted ? 0 : line.Name == JobEvents.Finished ? 2 : 1)];
    }

    public static IReadOnlyList<JobAttempt> AttemptsOf(Job job, IReadOnlyList<JobEvent> lines)
    {
        List<JobAttempt> attempts = [];
        foreach (var line in lines)
        {
            if (line.Name is not (JobEvents.AttemptFailed or JobEvents.Crashed)) continue;
            var start = lines.LastOrDefault(other => other.Name == JobEvents.Started && other.Attempt == line.Attempt);
            attempts.Add(new(line.Attempt, start?.At, line.At, start?.By, line.Detail));
        }
        if (job.Attempt > attempts.Count)
        {
            string? problem = job.Outcome?.Error is { } error ? $"{error.Code}: {error.Message}" : null;
            attempts.Add(new(job.Attempt, job.StartedAt, job.FinishedAt, job.Runner?.Text, problem));
        }
        return attempts;
    }
}
