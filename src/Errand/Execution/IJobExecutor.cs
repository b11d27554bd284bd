namespace Errand;

/// <summary>What runs jobs of a kind: the place to plug in another way of doing work.</summary>
public interface IJobExecutor
{
    /// <summary>Does the work. An exception fails the attempt; so does an outcome that says so.</summary>
    /// <param name="job">The job, and the means to report on it.</param>
    /// <returns>How it ended.</returns>
    ValueTask<JobOutcome> RunAsync(JobContext job);

    /// <summary>
    /// Goes on with work that outlived the process that started it, from the checkpoint it saved. Asked of kinds that are not restartable
    /// when their runner is gone; what cannot go on fails as interrupted, which is the default.
    /// </summary>
    /// <param name="job">The job; its attempt is the one that was under way.</param>
    /// <returns>How it ended.</returns>
    ValueTask<JobOutcome> ResumeAsync(JobContext job) => ValueTask.FromResult(JobOutcome.Interrupted(
        $"The process that ran this job since {job.StartedAt:u} is gone, and a '{job.Kind}' cannot go on. " +
        "Its output up to then is kept. Submit it again if it is safe to run twice."));
}
