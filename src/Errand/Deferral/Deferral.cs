namespace Errand;

/// <summary>The one way in for calls: runs the work and answers with its outcome, or with the job that goes on when the caller's patience ends first.</summary>
internal sealed class Deferral(ErrandCore core, JobClient client)
{
    public ValueTask<CallResult> CallAsync(JobSpec spec, IJobExecutor? body, CallOptions options, CancellationToken abandon)
    {
        abandon.ThrowIfCancellationRequested();
        core.RefuseWhenStopping();
        core.Check(spec);
        var kind = core.Kinds.Find(spec.Kind);
        if (body is not null && kind is null) throw new UnknownJobKindException(spec.Kind, core.Kinds.Names);
        if (body is not null) RefuseWhatABodyCannot(spec);
        var patience = PatienceOf(options, kind);
        bool storeFirst = options.StoreFirst || spec.Session is not null || spec.Key is not null || spec.RunAt is not null || patience == TimeSpan.Zero;
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
    private static void RefuseWhatABodyCannot(JobSpec spec)
    {
        string? parameter = spec.Session is not null ? "session" : spec.Key is not null ? "key" : spec.RunAt is not null ? "runAt" : null;
        if (parameter is not null)
            throw new InvalidJobException(parameter, $"A call that brings its own body starts at once and takes no {parameter}; leave it out, or call the kind without a body.");
    }

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
            if (news.Job.IsTerminal) return CallResult.Stored(news.Job, await WithResultAsync(news.Job));
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            if (onAbandon == OnAbandon.Cancel) await client.CancelAsync(job.Id, "its caller, who gave up", CancellationToken.None);
            throw;
        }
        return CallResult.Promoted(await client.HandOverAsync(job.Id));
    }

    private async ValueTask<JobOutcome> WithResultAsync(Job job) => job is { State: JobState.Completed, Outcome.LargeResultBytes: not null }
        ? job.Outcome with { Result = await client.GetResultAsync(job.Id) }
        : job.Outcome!;
}
