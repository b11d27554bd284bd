using Microsoft.Extensions.Logging.Abstractions;

namespace Errand;

/// <summary>Output in memory, for jobs that are in memory themselves. It goes with the process.</summary>
public sealed class MemoryOutputLog : IOutputLog
{
    private readonly OutputEngine _engine;

    /// <summary>An empty log.</summary>
    /// <param name="options">How much is kept; by default <see cref="OutputOptions.Memory"/>.</param>
    /// <param name="time">The clock.</param>
    public MemoryOutputLog(OutputOptions? options = null, TimeProvider? time = null) : this(new MemoryDisk(), options, time) { }

    internal MemoryOutputLog(OutputDisk disk, OutputOptions? options, TimeProvider? time) =>
        _engine = new(disk, options ?? OutputOptions.Memory, time ?? TimeProvider.System, scheduler: null, NullLogger.Instance);

    /// <inheritdoc/>
    public OutputWriter Open(JobId job, int attempt) => _engine.Open(job, attempt);

    /// <inheritdoc/>
    public ValueTask<OutputSlice> ReadAsync(JobId job, OutputRange range, CancellationToken cancellationToken = default) =>
        new(_engine.Read(job, range, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(JobId job, int attempt, long offset, CancellationToken cancellationToken = default) =>
        _engine.WaitAsync(job, attempt, offset, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> LastAttemptAsync(JobId job, CancellationToken cancellationToken = default) => new(_engine.LastAttempt(job));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobId>> ListAsync(JobId after, int limit, CancellationToken cancellationToken = default) =>
        new(_engine.List(after, limit));

    /// <inheritdoc/>
    public ValueTask WriteResultAsync(JobId job, int attempt, JobData result, CancellationToken cancellationToken = default) =>
        new(_engine.WriteResultAsync(job, attempt, result).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<JobData> ReadResultAsync(JobId job, int attempt, CancellationToken cancellationToken = default) =>
        new(_engine.ReadResult(job, attempt));

    /// <inheritdoc/>
    public ValueTask DeleteAsync(JobId job, CancellationToken cancellationToken = default) =>
        new(_engine.DeleteAsync(job).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
