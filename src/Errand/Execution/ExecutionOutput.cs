using System.Text;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>The output of one execution: nothing until the work writes; in memory while the call is inline; then the job's log.</summary>
internal sealed class ExecutionOutput(JobExecution execution)
{
    private OutputWriter? _writer;
    private ILogger? _logger;
    private bool _isOver;

    public OutputWriter Writer
    {
        get
        {
            if (Volatile.Read(ref _writer) is { } writer) return writer;
            lock (this) return _writer ??= Open();
        }
    }

    public ILogger Logger => _logger ??= new JobLogger(Writer);

    public void WriteLine(string line) => Writer.Write(OutputStream.Out, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The call has become a job: what it wrote so far goes to the log.</summary>
    public void Promote()
    {
        // Under the lock: a writer is opened either before this, and moved, or after it, and goes to the log.
        lock (this) (_writer as DeferredOutputWriter)?.Promote();
    }

    /// <summary>Whether something was written, and the log can only be ended once the store has said whose the job is.</summary>
    public bool IsInDoubt => Volatile.Read(ref _writer) is LeasedOutputWriter { IsInDoubt: true };

    /// <summary>Nothing more will be written.</summary>
    public async ValueTask<OutputSummary?> CompleteAsync() => End() is { } writer ? await writer.CompleteAsync() : null;

    /// <summary>Nobody wants what was written.</summary>
    public void Discard()
    {
        if (End() is { } writer) _ = writer.DisposeAsync().AsTask();
    }

    private OutputWriter? End()
    {
        lock (this)
        {
            _isOver = true;
            return _writer;
        }
    }

    private OutputWriter Open()
    {
        OutputWriter writer = execution.Stored is { } stored
            ? OpenLog(stored)
            : new DeferredOutputWriter(execution.Core.OutputLog, execution.Id, execution.Attempt, execution.Core.Time);
        // Work that was left behind says its first word: nobody takes it.
        if (_isOver) _ = writer.DisposeAsync().AsTask();
        return writer;
    }

    private LeasedOutputWriter OpenLog(RunningJob stored)
    {
        var lease = execution.Core.Runner!.Lease;
        if (lease.Runner != stored.Fence.Runner) _isOver = true;
        return new(execution.Core.OutputLog.Open(execution.Id, execution.Attempt), lease, execution.Core.Time);
    }
}
