namespace Errand;

/// <summary>A question that a running job has asked.</summary>
/// <param name="Key">Its name within the job: an ordinal, so that a job that runs again asks the same question under the same name.</param>
/// <param name="Request">What is asked, as JSON.</param>
/// <param name="AskedAt">When it was asked.</param>
public sealed record JobInput(string Key, JobData Request, DateTimeOffset AskedAt)
{
    /// <summary>The answer, once there is one.</summary>
    public JobData Answer { get; init; }

    /// <summary>Who answered.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When it was answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Whether it still waits for an answer.</summary>
    public bool IsOutstanding => AnsweredAt is null;
}
