namespace Errand.Commands;

/// <summary>
/// Tasks of agents: starts, follows, stops and removes them. Each is a job of the kind <c>agent</c>, and everything that <see cref="IJobClient"/>
/// can do with a job can be done with it.
/// </summary>
public interface IAgentClient
{
    /// <summary>The names of the agents that there are.</summary>
    IReadOnlyCollection<string> Profiles { get; }

    /// <summary>Starts a task, or defines it to be started later; returns at once with its job.</summary>
    /// <param name="profile">The agent.</param>
    /// <param name="prompt">What it is told.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been kept.</param>
    /// <exception cref="InvalidJobException">There is no such agent, or something in the request is not as it must be.</exception>
    ValueTask<Job> StartAsync(string profile, string prompt, AgentStartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts a task that was defined; one that has failed or was cancelled is done again, as a new job that names the old one. What runs
    /// already, waits for its turn already or has completed is left as it is, and the answer says so.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidJobException">It is not a task of an agent.</exception>
    ValueTask<StartReply> StartAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>The tasks that run or wait for a person, oldest first.</summary>
    /// <param name="profile">Of this agent. Default: of all.</param>
    /// <param name="owner">Of this owner. Default: of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<Job>> ListRunningAsync(string? profile = null, string? owner = null, CancellationToken cancellationToken = default);

    /// <summary>Asks a task to end: it is interrupted, then told to terminate, then killed, with all that it has started.</summary>
    /// <param name="id">The task.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<StopReply> CancelAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Ends a task at once.</summary>
    /// <param name="id">The task.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<StopReply> KillAsync(JobId id, string by, CancellationToken cancellationToken = default);

    /// <summary>Ends all live tasks of an agent, those that wait for their turn too.</summary>
    /// <param name="profile">The agent.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="force">Whether at once. Default: as a cancel.</param>
    /// <param name="owner">Of this owner. Default: of all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The replies of those that were live.</returns>
    ValueTask<IReadOnlyList<StopReply>> StopAllAsync(
        string profile, string by, bool force = false, string? owner = null, CancellationToken cancellationToken = default);

    /// <summary>Goes on with the CLI's own session of a task that has ended: a new task, which names the old one, with a new prompt.</summary>
    /// <param name="id">The old task.</param>
    /// <param name="prompt">What the agent is told.</param>
    /// <param name="options">How. Where they say nothing it works in the same folder, for the same owner.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been kept.</param>
    /// <exception cref="JobNotFoundException">There is no such task.</exception>
    /// <exception cref="InvalidJobException">It has not ended yet, has no session, or its agent cannot go on with one.</exception>
    ValueTask<Job> ContinueAsync(JobId id, string prompt, AgentStartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Removes tasks that have ended, with their output.</summary>
    /// <param name="profile">Of this agent. Default: of all.</param>
    /// <param name="owner">Of this owner. Default: of all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many were removed.</returns>
    ValueTask<int> CleanupAsync(string? profile = null, string? owner = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes all tasks of an agent: ends every process of theirs at once, waits until they are gone, and removes the jobs with their output.
    /// </summary>
    /// <param name="profile">The agent.</param>
    /// <param name="by">Who asks, for the history.</param>
    /// <param name="owner">Of this owner. Default: of all.</param>
    /// <param name="cancellationToken">Gives up waiting; what was told to end does.</param>
    /// <returns>How many were removed.</returns>
    ValueTask<int> RemoveAllAsync(string profile, string by, string? owner = null, CancellationToken cancellationToken = default);

    /// <summary>What was said in a task, readable: its last attempt as far as it has come, or, followed, all that comes until it has ended.</summary>
    /// <param name="id">The task.</param>
    /// <param name="follow">Whether to wait for more. Default: no.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such task.</exception>
    IAsyncEnumerable<AgentMessage> TranscriptAsync(JobId id, bool follow = false, CancellationToken cancellationToken = default);
}
