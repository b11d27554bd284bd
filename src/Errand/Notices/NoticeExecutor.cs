using Microsoft.Extensions.DependencyInjection;

namespace Errand;

/// <summary>What all notices do: they look at the job that they tell of as it is now, and tell it.</summary>
internal abstract class NoticeExecutor : IJobExecutor
{
    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        var input = job.Input.As(NoticeJson.Default.NoticeInput)!;
        var client = job.Services.GetRequiredService<IJobClient>();
        var subject = JobId.TryParse(input.Job, out var id) ? await client.FindAsync(id, job.CancellationToken) : null;
        // Whoever may submit jobs must not hear of those of others by a notice.
        if (subject is null || subject.Owner != job.Owner)
        {
            string problem = $"Job {input.Job}, which this notice tells of, was not found; it may have been removed.";
            return Failed(NoticeErrorCodes.JobGone, problem, retryable: false);
        }
        if (input.Type == NoticeTypes.Waiting && !IsAsked(subject, input.Question)) return Skipped($"Question {input.Question} is no longer open.");
        return await TellAsync(input, MessageOf(input, subject, job), job);
    }

    protected abstract ValueTask<JobOutcome> TellAsync(NoticeInput input, NoticeMessage message, JobContext job);

    protected static JobOutcome Failed(string code, string message, bool retryable) => JobOutcome.Failed(new JobError(code, message, retryable));

    protected static JobOutcome Done(int? status = null) => JobOutcome.Completed(JobData.From(new(status, null), NoticeJson.Default.NoticeResult));

    private static JobOutcome Skipped(string why) => JobOutcome.Completed(JobData.From(new(null, why), NoticeJson.Default.NoticeResult));

    private static bool IsAsked(Job subject, string? question) =>
        subject.State == JobState.Waiting && subject.Inputs.Any(asked => asked.Key == question && asked.IsOutstanding);

    private static NoticeMessage MessageOf(NoticeInput input, Job subject, JobContext job)
    {
        var at = subject.FinishedAt ?? subject.Inputs.FirstOrDefault(asked => asked.Key == input.Question)?.AskedAt ?? job.Time.GetJobTime();
        return new(input.Type, at, input.Question, NoticeSubject.Of(subject));
    }
}

/// <summary>Why notices fail.</summary>
internal static class NoticeErrorCodes
{
    /// <summary>The target is not allowed, or takes no notices.</summary>
    public const string Refused = "notice_refused";

    /// <summary>The target did not take the notice for now.</summary>
    public const string Failed = "notice_failed";

    /// <summary>The job that it tells of is not there.</summary>
    public const string JobGone = "job_gone";
}
