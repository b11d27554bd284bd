using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>What every output log does, wherever its files are.</summary>
internal sealed class OutputEngine(OutputDisk disk, OutputOptions options, TimeProvider time, WorkScheduler? scheduler, ILogger logger)
{
    private volatile bool _isDisposed;

    public OutputDisk Disk => disk;

    public OutputOptions Options { get; } = options.Validated();

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public OutputWaits Waits { get; } = new();

    /// <summary>The writer of this process that a job's output comes from; its readers here need not look for changes.</summary>
    public ConcurrentDictionary<JobId, AttemptWriter> Writers { get; } = new();

    public OutputWriter Open(JobId job, int attempt) => new AttemptWriter(this, job, Checked(attempt));

    public OutputSlice Read(JobId job, OutputRange range, CancellationToken cancellationToken) => Guarded(job, () =>
    {
        int attempt = range.Attempt is { } given ? Checked(given) : disk.LastAttempt(job);
        using var files = AttemptFiles.Find(disk, job, attempt);
        return files is null ? new OutputSlice(job, 0, 0, 0, 0) : AttemptReader.Read(files, job, attempt, range, cancellationToken);
    });

    public async ValueTask<bool> WaitAsync(JobId job, int attempt, long offset, CancellationToken cancellationToken)
    {
        bool wasThere = offset > 0;
        Checked(attempt);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var waiter = Waits.Enter(job);
            if (Guarded(job, () => FindEnd(job, attempt)) is { } end)
            {
                wasThere = true;
                if (end.Position > offset) return true;
                if (end.Completed) return false;
            }
            else if (wasThere)
            {
                return false;
            }
            if (_isDisposed || Guarded(job, () => disk.LastAttempt(job)) > attempt) return false;
            bool isWrittenHere = Writers.TryGetValue(job, out var writer) && writer.Attempt == attempt;
            using var poll = disk.IsShared && !isWrittenHere
                ? time.CreateTimer(static waiter => ((OutputWaits.Waiter)waiter!).Raise(), waiter, Options.PollInterval, Timeout.InfiniteTimeSpan)
                : null;
            // Not Task.WaitAsync, which would go round by the thread pool.
            using var gaveUp = cancellationToken.UnsafeRegister(static waiter => ((OutputWaits.Waiter)waiter!).Raise(), waiter);
            await waiter.Raised;
        }
    }

    public int LastAttempt(JobId job) => Guarded(job, () => disk.LastAttempt(job));

    public IReadOnlyList<JobId> List(JobId after, int limit) => Guarded(null, () => disk.List(after, limit));

    public JobData ReadResult(JobId job, int attempt) => Guarded(job, () => JobData.Trusted(disk.ReadResult(job, Checked(attempt))));

    public Task WriteResultAsync(JobId job, int attempt, JobData result)
    {
        Checked(attempt);
        return RunBlocking(() => Guarded(job, () =>
        {
            disk.WriteResult(job, attempt, result.Utf8);
            return true;
        }));
    }

    public async Task DeleteAsync(JobId job)
    {
        await RunBlocking(() => Guarded(job, () =>
        {
            if (Writers.TryGetValue(job, out var writer)) writer.Abandon();
            disk.Delete(job);
            return true;
        }));
        Waits.Raise(job);
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        foreach (var writer in Writers.Values) await writer.DisposeAsync();
        Waits.RaiseAll();
    }

    /// <summary>Runs what waits for a disk where it holds up nobody; memory is at hand at once.</summary>
    public Task<T> RunBlocking<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (scheduler is null) Run();
        else scheduler.QueueBlocking(Run);
        return done.Task;

        void Run()
        {
            try { done.SetResult(work()); }
            catch (Exception e) { done.SetException(e); }
        }
    }

    private AttemptEnd? FindEnd(JobId job, int attempt)
    {
        using var files = AttemptFiles.Find(disk, job, attempt);
        return files is null ? null : AttemptReader.FindEnd(files, files.Trim());
    }

    private static T Guarded<T>(JobId? job, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string what = job is { } id ? $"The output of job {id}" : "The output of jobs";
            throw new StoreUnavailableException($"{what} cannot be reached: {e.Message} Check the disk and the folder's permissions.", e);
        }
        catch (InvalidDataException e)
        {
            throw new StoreRefusedException($"The output of job {job} cannot be read: {e.Message}", e);
        }
    }

    private static int Checked(int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        return attempt;
    }
}
