namespace Errand;

/// <summary>
/// Finds work that goes on although the process that started it is gone, such as a command that was still inside its caller's patience: no
/// store may know of it. Register one with the host's services.
/// </summary>
public interface IOrphanedWork
{
    /// <summary>
    /// The work that was left behind, asked once after the start, when the runner has first shown that it lives. What the store does not know
    /// becomes a running job of this process and goes on by <see cref="IJobExecutor.ResumeAsync"/>; what it knows is left to the store. Must not
    /// name what a living process looks after. An exception is logged, and it is asked again with the next beat.
    /// </summary>
    IReadOnlyList<OrphanedJob> Find();
}

/// <summary>Work that was left behind by a process that is gone.</summary>
/// <param name="Id">The id that it was started under, in its first attempt.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="StartedAt">When its work started.</param>
public sealed record OrphanedJob(JobId Id, JobSpec Spec, DateTimeOffset StartedAt);
