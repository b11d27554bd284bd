using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>What a job's work is given: what it was asked for, and the means to report, to ask, to save and to notice that it should stop.</summary>
public sealed class JobContext
{
    private readonly JobExecution _execution;

    internal JobContext(JobExecution execution) => _execution = execution;

    /// <summary>The job's id. A call that is still inside its caller's patience gets the one that it would be stored under.</summary>
    public JobId Id => _execution.Id;

    /// <summary>What was asked for.</summary>
    public JobSpec Spec => _execution.Spec;

    /// <summary>What sort of work it is.</summary>
    public string Kind => Spec.Kind;

    /// <summary>Who it belongs to.</summary>
    public string Owner => Spec.Owner;

    /// <summary>What the work is given, as JSON.</summary>
    public JobData Input => Spec.Input;

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt => _execution.Attempt;

    /// <summary>Asked to stop: by a cancel, a limit, a shutdown. <see cref="StopReason"/> tells which.</summary>
    public CancellationToken CancellationToken => _execution.Stop.Token;

    /// <summary>Why the work is told to stop.</summary>
    public StopReason StopReason => _execution.Stop.Reason;

    /// <summary>Services of this run; disposed when it ends.</summary>
    public IServiceProvider Services => _execution.Services;

    /// <summary>The clock that the job lives by.</summary>
    public TimeProvider Time => _execution.Core.Time;

    /// <summary>The job's output log.</summary>
    public OutputWriter Output => _execution.Output.Writer;

    /// <summary>A logger that writes into the job's output.</summary>
    public ILogger Logger => _execution.Output.Logger;

    /// <summary>Tells how far the work has come. Written at most once a second, so it may be called as often as one likes.</summary>
    public IProgress<JobProgress> Progress => _execution;

    /// <summary>What an earlier attempt, or this one before a crash, saved in order to go on from there.</summary>
    public JobData Checkpoint => _execution.Checkpoint;

    internal DateTimeOffset StartedAt => _execution.StartedAt;

    /// <summary>Whether the store knows of this work; a call inside its caller's patience is known to nobody.</summary>
    public bool IsStored => _execution.Stored is not null;

    /// <summary>Tells how far the work has come.</summary>
    /// <param name="current">How much is done.</param>
    /// <param name="total">How much there is to do, where that is known.</param>
    /// <param name="message">A line for people.</param>
    public void Report(double current, double? total = null, string? message = null) => Progress.Report(new(current, total, message));

    /// <summary>How the jobs ended that this one started after, in the order in which it names them; with their results, however large.</summary>
    public ValueTask<IReadOnlyList<ParentOutcome>> ParentsAsync() => _execution.Core.Client.ParentsAsync(Spec, CancellationToken);

    /// <summary>
    /// Hands the call over to the background now, if its caller still waits: for work that knows early that it will take long. Once this
    /// returns the job is stored, and the caller has its id.
    /// </summary>
    public ValueTask HandOverAsync() => _execution.Stored is null && _execution.Call is { } call ? new(call.PromoteNowAsync()) : default;

    /// <summary>Writes a line into the job's output.</summary>
    /// <param name="line">The line, without its end.</param>
    public void Log(string line) => _execution.Output.WriteLine(line);

    /// <summary>Saves what the work needs to go on from here after a crash or a retry. Once this returns it is kept.</summary>
    /// <param name="checkpoint">What to save.</param>
    public ValueTask SaveCheckpointAsync(JobData checkpoint) => _execution.SaveCheckpointAsync(checkpoint);

    /// <summary>
    /// Asks a person or the caller something and waits for the answer, without holding a slot and without its wall time running. A job that
    /// runs again after a crash asks the same questions in the same order and finds the answers it was given.
    /// </summary>
    /// <param name="request">What is asked.</param>
    /// <returns>The answer.</returns>
    public ValueTask<JobData> AskAsync(JobData request) => _execution.AskAsync(request);
}
