using System.Text.Json;

namespace Errand;

/// <summary>The way in for everybody: submits, follows, stops and finds jobs. Every surface of Errand goes through it.</summary>
public interface IJobClient
{
    /// <summary>How typed inputs and results are written and read.</summary>
    JsonSerializerOptions Json { get; }

    /// <summary>Submits a job; once this returns it is kept. A spec with a key that its owner has used answers with the job of that key.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting; the job may have been kept.</param>
    /// <exception cref="InvalidJobException">The spec is not as it must be.</exception>
    /// <exception cref="UnknownJobKindException">Nobody here knows the kind.</exception>
    /// <exception cref="PayloadTooLargeException">The input is too large.</exception>
    /// <exception cref="JobKeyConflictException">The key names another request.</exception>
    /// <exception cref="ShuttingDownException">This process takes no more work.</exception>
    /// <exception cref="StoreUnavailableException">The store could not keep it.</exception>
    ValueTask<Job> SubmitAsync(JobSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Submits many jobs, all or none.</summary>
    /// <param name="specs">What is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting; the jobs may have been kept.</param>
    ValueTask<IReadOnlyList<Job>> SubmitAsync(IReadOnlyList<JobSpec> specs, CancellationToken cancellationToken = default);

    /// <summary>An empty batch, to be filled and submitted.</summary>
    JobBatch CreateBatch();

    /// <summary>Submits the jobs of a batch, all or none. Where some start after others, circles are refused.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Gives up waiting; the jobs may have been submitted.</param>
    /// <returns>The jobs, in the order in which they were added to the batch.</returns>
    ValueTask<IReadOnlyList<Job>> SubmitAsync(JobBatch batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs work of a registered kind and answers with its outcome, or, when the caller's patience ends first, with the job that the same
    /// running work has become. Work that ends in time leaves no trace in the store.
    /// </summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="options">How the caller waits.</param>
    /// <param name="abandon">The caller gives up.</param>
    ValueTask<CallResult> CallAsync(JobSpec spec, CallOptions? options = null, CancellationToken abandon = default);

    /// <summary>
    /// The same for work that is given here, for surfaces that bring their own; its kind must be registered for what comes after a crash.
    /// </summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="body">The work; started exactly once.</param>
    /// <param name="options">How the caller waits.</param>
    /// <param name="abandon">The caller gives up.</param>
    ValueTask<CallResult> CallAsync(JobSpec spec, IJobExecutor body, CallOptions? options = null, CancellationToken abandon = default);

    /// <summary>The job as it is now, if there is one.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>The job as it is now.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    ValueTask<Job> GetAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>The job with what can be said about it: when it will be done, why it waits, its last lines of output.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    ValueTask<JobStatus> StatusAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>Everything that happened to the job, in order.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>The result of a completed job, also where it was too large for the job's row.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobNotFinishedException">It has no result yet.</exception>
    /// <exception cref="JobFailedException">It failed or was cancelled.</exception>
    ValueTask<JobData> GetResultAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>How a job ended, with its result also where that was too large for the job's row.</summary>
    /// <param name="job">The job, as it was read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFinishedException">It had not ended when it was read.</exception>
    ValueTask<JobOutcome> GetOutcomeAsync(Job job, CancellationToken cancellationToken = default);

    /// <summary>Waits for the end of a job or for news of it, for as long as one likes; returns at once when it is there.</summary>
    /// <param name="id">The id.</param>
    /// <param name="options">For what, and how long. Default: for the end, however long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job, or no longer.</exception>
    ValueTask<JobNews> WaitAsync(JobId id, WaitOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows a job: each newer version that was seen, up to its end. Versions that follow each other fast may be left out; the last never is.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <param name="afterVersion">Only versions past this one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    IAsyncEnumerable<Job> WatchAsync(JobId id, long afterVersion = 0, CancellationToken cancellationToken = default);

    /// <summary>Reads a piece of a job's output.</summary>
    /// <param name="id">The id.</param>
    /// <param name="range">Which piece.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    ValueTask<OutputSlice> ReadOutputAsync(JobId id, OutputRange range, CancellationToken cancellationToken = default);

    /// <summary>Follows a job's output from an offset on, over all its later attempts, until the job has ended and all was read.</summary>
    /// <param name="id">The id.</param>
    /// <param name="attempt">The attempt to begin with, from 1. Default: the last one.</param>
    /// <param name="offset">Where to begin in that attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    IAsyncEnumerable<OutputSlice> FollowOutputAsync(JobId id, int? attempt = null, long offset = 0, CancellationToken cancellationToken = default);

    /// <summary>Starts a job that was only defined so far (<see cref="JobSpec.Held"/>): it comes into line.</summary>
    /// <param name="id">The id.</param>
    /// <param name="by">Who starts it, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<StartReply> StartAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Asks for the end of a job and of the jobs that it submitted: queued ones never run, running ones are told to stop.</summary>
    /// <param name="id">The id.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<StopReply> CancelAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Asks for the end of a job at once: work in this process that does not listen is left behind after a grace.</summary>
    /// <param name="id">The id.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<StopReply> KillAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Asks for the end of every live job that a query means: all of an owner, an agent, a session, a tag.</summary>
    /// <param name="query">Which; its limit is not regarded.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The replies of those that were live.</returns>
    ValueTask<IReadOnlyList<StopReply>> CancelAllAsync(JobQuery query, string by, CancellationToken cancellationToken = default);

    /// <summary>Answers a question that a job has asked. The first answer wins.</summary>
    /// <param name="id">The id.</param>
    /// <param name="key">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="by">Who answers, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="InputNotExpectedException">It does not wait for this.</exception>
    ValueTask<Job> AnswerAsync(JobId id, string key, JobData answer, string by, CancellationToken cancellationToken = default);

    /// <summary>Does the work of a failed or cancelled job again, as a new job that names the old one.</summary>
    /// <param name="id">The old job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The new job.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobNotFinishedException">It has not ended.</exception>
    /// <exception cref="InvalidJobException">It has completed.</exception>
    ValueTask<Job> RetryAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>Submits a dead letter again as a new job, which names the old one. Doing it twice answers with the same job.</summary>
    /// <param name="id">The dead letter.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<Job> RedriveAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Submits all dead letters that a query means again.</summary>
    /// <param name="query">Which.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellationToken">Gives up; those that were redriven stay so.</param>
    /// <returns>How many were redriven.</returns>
    ValueTask<int> RedriveAllAsync(JobQuery query, string by, CancellationToken cancellationToken = default);

    /// <summary>The attempts at a job, the one under way among them.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<JobAttempt>> AttemptsAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>How far a batch has come. Cancel it with <see cref="CancelAllAsync"/> and <see cref="JobQuery.Batch"/>.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<BatchStatus> BatchAsync(JobId batch, CancellationToken cancellationToken = default);

    /// <summary>Waits until all jobs of a batch have ended.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="timeout">How long; absent for ever.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<BatchNews> WaitBatchAsync(JobId batch, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>How the jobs of a kind fare.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<KindStatistics> StatisticsAsync(string kind, CancellationToken cancellationToken = default);

    /// <summary>One page of the jobs that a query means.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>How many jobs a query means, in each state.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>Removes the ended jobs that a query means, with their output. Live ones stay.</summary>
    /// <param name="query">Which; its limit is not regarded.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many were removed.</returns>
    ValueTask<int> PurgeAsync(JobQuery query, CancellationToken cancellationToken = default);
}
