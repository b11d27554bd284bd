namespace Errand;

/// <summary>
/// The one way in for calls: runs the work and answers with its outcome, or with the job that goes on when the caller's patience ends first.
/// </summary>
internal sealed class Deferral(ErrandCore core, JobClient client)
{
    public ValueTask<CallResult> CallAsync(JobSpec spec, IJobExecutor? body, CallOptions options, CancellationToken abandon)
    {
        abandon.ThrowIfCancellationRequested();
        core.RefuseWhenStopping();
        core.Check(spec);
        var kind = core.Kinds.Find(spec.Kind);
        if (body is not null && kind is null) throw new UnknownJobKindException(spec.Kind, core.Kinds.Names);
        if (body is not null) RefuseWhatABodyCannot(spec, kind!);
        var patience = PatienceOf(options, kind);
        bool capped = kind is not null && core.Options.Caps.OfKind(kind) is not null;
        bool storeFirst = options.StoreFirst || patience == TimeSpan.Zero || capped || NeedsStore(spec) is not null;
        if (core.Runner is null || kind is null || (storeFirst && body is null)) return CallStoredAsync(spec, patience, options.OnAbandon, abandon);
        return CallInlineAsync(spec, kind, body, patience, options.OnAbandon, abandon);
    }

    private TimeSpan PatienceOf(CallOptions options, JobKind? kind)
    {
        if (options.AsyncTimeout is not { } patience) return kind?.AsyncTimeout ?? core.Options.AsyncTimeout;
        if (patience > TimeSpan.Zero || patience == Timeout.InfiniteTimeSpan) return patience;
        throw new InvalidJobException("asyncTimeout", $"asyncTimeout must be a positive number; it is {patience.TotalMilliseconds} ms.");
    }

    // A body that is given starts now, in this process: it cannot stand in a line, nor be found by a key.
    private void RefuseWhatABodyCannot(JobSpec spec, JobKind kind)
    {
        string? parameter = NeedsStore(spec) ?? (core.Options.Caps.OfKind(kind) is not null ? "cap" : null);
        if (parameter is not null)
            throw new InvalidJobException(
                parameter,
                $"A call that brings its own body starts at once and takes no {parameter}; leave it out, or call the kind without a body.");
    }

    /// <summary>What only a job that is stored before it starts can have, if the call asks for any of it.</summary>
    private static string? NeedsStore(JobSpec spec) => spec switch
    {
        { Session: not null } => "session",
        { Key: not null } => "key",
        { RunAt: not null } => "runAt",
        { After.Count: > 0 } => "after",
        { Caps.Count: > 0 } => "caps",
        { Reuse: not JobReuse.None } => "reuse",
        _ => null,
    };

    private ValueTask<CallResult> CallInlineAsync(
        JobSpec spec, JobKind kind, IJobExecutor? body, TimeSpan patience, OnAbandon onAbandon, CancellationToken abandon)
    {
        var execution = JobExecution.Inline(core, spec, kind, body);
        var race = new PatienceRace(execution, onAbandon);
        core.Runner!.AddInline(execution);
        execution.BeginInline();
        return race.RunAsync(patience, abandon);
    }

    private async ValueTask<CallResult> CallStoredAsync(JobSpec spec, TimeSpan patience, OnAbandon onAbandon, CancellationToken abandon)
    {
        var job = await client.SubmitAsync(spec, CancellationToken.None);
        try
        {
            var news = patience == TimeSpan.Zero
                ? new JobNews(job, TimedOut: true)
                : await client.WaitAsync(job.Id, new() { Timeout = patience }, abandon);
            if (news.Job.IsTerminal) return CallResult.Stored(news.Job, await client.OutcomeOf(news.Job, CancellationToken.None));
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // Others may have been answered with the same job, and wait for it.
            if (onAbandon == OnAbandon.Cancel && job.Spec.Reuse == JobReuse.None)
                await client.CancelAsync(job.Id, "its caller, who gave up", CancellationToken.None);
            throw;
        }
        return CallResult.Promoted(await client.HandOverAsync(job.Id));
    }
}
