namespace Errand;

/// <summary>
/// Keeps schedules. They live in the store: any server that shares it and knows the kind starts their runs, and each run is started once.
/// </summary>
public interface IScheduleClient
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="cancellationToken">Gives up waiting; it may have been created.</param>
    /// <exception cref="ScheduleExistsException">There is one of this name.</exception>
    /// <exception cref="InvalidJobException">Something in it is not as it must be.</exception>
    /// <exception cref="UnknownJobKindException">Nobody here knows the kind of its job.</exception>
    ValueTask<ScheduleStatus> CreateAsync(JobSchedule schedule, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a schedule, or replaces the one of its name. It goes on from where that was unless its times have changed, and stays paused if
    /// that was: a host may declare its schedules each time it starts.
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="cancellationToken">Gives up waiting; it may have been replaced.</param>
    /// <exception cref="InvalidJobException">Something in it is not as it must be.</exception>
    /// <exception cref="UnknownJobKindException">Nobody here knows the kind of its job.</exception>
    ValueTask<ScheduleStatus> ReplaceAsync(JobSchedule schedule, CancellationToken cancellationToken = default);

    /// <summary>A schedule, if there is one of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ScheduleStatus?> FindAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>A schedule.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    ValueTask<ScheduleStatus> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The schedules, ordered by name.</summary>
    /// <param name="after">Go on after this name. Default: from the first.</param>
    /// <param name="limit">How many at most, up to 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ScheduleStatus>> ListAsync(string? after = null, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>The next times at which a schedule runs, whether it is paused or not.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="count">How many, from 1 to 1000; there may be fewer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    ValueTask<IReadOnlyList<DateTimeOffset>> NextTimesAsync(string name, int count, CancellationToken cancellationToken = default);

    /// <summary>Pauses a schedule. What comes due meanwhile is not missed: it does not run at all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    ValueTask<ScheduleStatus> PauseAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lets a paused schedule go on from now.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    ValueTask<ScheduleStatus> ResumeAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Runs a schedule's job now, apart from its times, even while it is paused.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting; the job may have been submitted.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    ValueTask<Job> RunNowAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes up for the runs of a time that is over, such as the days before a schedule was created. A run whose job is still kept is answered
    /// with that job, so that it may be asked for again.
    /// </summary>
    /// <param name="name">The schedule's name.</param>
    /// <param name="from">From this moment on.</param>
    /// <param name="to">Before this moment, which must not lie in the future.</param>
    /// <param name="cancellationToken">Gives up waiting; jobs may have been submitted.</param>
    /// <returns>The jobs, the earliest run first.</returns>
    /// <exception cref="ScheduleNotFoundException">There is none of this name.</exception>
    /// <exception cref="InvalidJobException">The time lies in the future, or has more than 1000 runs.</exception>
    ValueTask<IReadOnlyList<Job>> BackfillAsync(string name, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default);

    /// <summary>Deletes a schedule. Its jobs stay.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
