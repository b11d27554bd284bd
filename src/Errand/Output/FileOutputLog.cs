using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand;

/// <summary>
/// Output in files, one folder for each attempt: <c>out</c> and <c>err</c> hold the bytes as they were written, <c>index</c> their order and
/// times. It survives every process, and what an ended log says survives a loss of power.
/// </summary>
/// <remarks>
/// Many processes may read a job's log while one writes it. The cap gives back disk space by holes in the files, which needs Linux
/// and a file system that makes them (ext4, xfs, btrfs, tmpfs and others). Elsewhere a log that reaches its cap keeps its start only.
/// </remarks>
public sealed class FileOutputLog : IOutputLog
{
    private readonly OutputEngine _engine;
    private readonly string _folder;

    /// <summary>A log in a folder, which is made when the first byte is written.</summary>
    /// <param name="folder">The folder; nothing else should be in it.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Runs what waits for the disk.</param>
    /// <param name="logger">Is told of trouble with the disk.</param>
    public FileOutputLog(
        string folder,
        OutputOptions? options = null,
        TimeProvider? time = null,
        WorkScheduler? scheduler = null,
        ILogger<FileOutputLog>? logger = null)
    {
        _folder = Path.GetFullPath(folder);
        var disk = new FolderDisk(_folder);
        _engine = new(
            disk,
            options ?? new(),
            time ?? TimeProvider.System,
            scheduler ?? WorkScheduler.Default,
            logger ?? NullLogger<FileOutputLog>.Instance);
    }

    /// <summary>Whether the folder goes with this log: nobody will find there what it leaves.</summary>
    public bool IsTemporary { get; private init; }

    /// <summary>The folder, which has one for each job.</summary>
    public string Folder => _folder;

    /// <summary>The folder of an attempt, made or not.</summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    public string FolderOf(JobId job, int attempt) => Path.Combine(_folder, job.ToString(), attempt.ToString(CultureInfo.InvariantCulture));

    internal static FileOutputLog Temporary(TimeProvider time, WorkScheduler scheduler, ILogger<FileOutputLog>? logger) =>
        new(Directory.CreateTempSubdirectory("errand-").FullName, null, time, scheduler, logger) { IsTemporary = true };

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
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        if (!IsTemporary) return;
        try { Directory.Delete(_folder, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something is still being written there; the system clears its temporary files.
        }
    }
}
