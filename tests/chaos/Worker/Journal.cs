using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Errand.Chaos.Tests.Worker;

/// <summary>
/// What the bodies of one worker did, a line for each deed, written by the bodies themselves. It knows nothing of the store, and a line that
/// was written outlives the worker.
/// </summary>
internal sealed class Journal(WorkerSettings settings, Action<string> tell) : IDisposable
{
    private readonly FileStream _file = new(Path.Combine(settings.Journals, settings.Name), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _lock = new();
    private int _runs;

    /// <summary>A body has begun.</summary>
    /// <returns>The name of the run.</returns>
    public string Begin(JobContext job, Deed deed, int from)
    {
        string run = string.Create(CultureInfo.InvariantCulture, $"{settings.Name}-{Interlocked.Increment(ref _runs)}");
        Write(job, deed, run, from);
        return run;
    }

    public void Write(JobContext job, Deed deed, string run, int value)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{deed} {job.Id} {job.Attempt} {run} {value} {Stopwatch.GetTimestamp()}");
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_lock) _file.Write(bytes);
        if (settings.Tells) tell(line);
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>What a body can do.</summary>
internal enum Deed
{
    /// <summary>It began an attempt, from a checkpoint or from 0.</summary>
    Started,

    /// <summary>It goes on with an attempt that another process began.</summary>
    Resumed,

    /// <summary>It was told that its checkpoint is kept.</summary>
    Saved,

    /// <summary>It wrote to its output.</summary>
    Wrote,

    /// <summary>It was told the result of a job that it started after.</summary>
    Read,

    /// <summary>It ended its work and is about to return.</summary>
    Ended,
}

/// <summary>A line of a journal.</summary>
/// <param name="Deed">What was done.</param>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt at it.</param>
/// <param name="Run">The name of the run.</param>
/// <param name="Value">A number that belongs to the deed.</param>
/// <param name="At">When, on the monotonic clock that all processes of the machine share.</param>
internal sealed record JournalLine(Deed Deed, JobId Job, int Attempt, string Run, int Value, long At)
{
    public static JournalLine Parse(string[] words) => new(
        Enum.Parse<Deed>(words[0]), JobId.Parse(words[1]), int.Parse(words[2], CultureInfo.InvariantCulture), words[3],
        int.Parse(words[4], CultureInfo.InvariantCulture), long.Parse(words[5], CultureInfo.InvariantCulture));
}
