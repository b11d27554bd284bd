using System.Text;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>The output of one execution: nothing until the work writes; in memory while the call is inline; then the job's log.</summary>
internal sealed class ExecutionOutput(JobExecution execution)
{
    private OutputWriter? _log;
    private LeasedOutputWriter? _writer;
    private ILogger? _logger;

    public OutputWriter Writer
    {
        get
        {
            if (Volatile.Read(ref _writer) is { } writer) return writer;
            lock (execution.Lock) return _writer ??= Open_NeedsLock();
        }
    }

    public ILogger Logger => _logger ??= new JobLogger(Writer);

    public void WriteLine(string line) => Writer.Write(OutputStream.Out, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The call has become a job: what it wrote so far goes to the log.</summary>
    public void Promote()
    {
        // Under the lock: a writer is opened either before this, and moved, or after it, and goes to the log.
        lock (execution.Lock) (_log as DeferredOutputWriter)?.Promote();
    }

    /// <summary>Nothing more will be written.</summary>
    public async ValueTask<OutputSummary?> CompleteAsync() => Volatile.Read(ref _writer) is { } writer ? await writer.CompleteAsync() : null;

    /// <summary>Another process goes on with the log, even of a call that could not be handed over.</summary>
    public void Leave()
    {
        Promote();
        Discard();
    }

    /// <summary>Nobody wants what was written.</summary>
    public void Discard()
    {
        if (Volatile.Read(ref _writer) is { } writer) _ = writer.DisposeAsync().AsTask();
    }

    private LeasedOutputWriter Open_NeedsLock()
    {
        _log = execution.Stored is null || execution.OutputIsOver
            ? new DeferredOutputWriter(execution.Core.OutputLog, execution.Id, execution.Attempt, execution.Core.Time)
            : execution.Core.OutputLog.Open(execution.Id, execution.Attempt);
        return new(execution, _log, execution.OutputIsOver);
    }
}
