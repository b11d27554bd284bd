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
        JobSpecRules.CheckKind(spec.Kind);
        var kind = core.Kinds.Find(spec.Kind);
        if (body is not null && kind is null) throw new UnknownJobKindException(spec.Kind, core.Kinds.Names);
        var patience = PatienceOf(options, kind);
        bool capped = kind is not null && core.Options.Caps.OfKind(kind) is not null;
        bool storeFirst = core.Runner is null || kind is null || options.StoreFirst || patience == TimeSpan.Zero || capped || NeedsStore(spec);
        if (storeFirst && body is ICallBody described) spec = described.Describe(spec);
        core.Check(spec);
        return storeFirst
            ? CallStoredAsync(spec, body, patience, options.OnAbandon, abandon)
            : CallInlineAsync(spec, kind!, body, patience, options.OnAbandon, abandon);
    }

    private TimeSpan PatienceOf(CallOptions options, JobKind? kind)
    {
        if (options.HandOverAtOnce) return TimeSpan.Zero;
        if (options.AsyncTimeout is not { } patience) return kind?.AsyncTimeout ?? core.Options.AsyncTimeout;
        if (patience > TimeSpan.Zero || patience == Timeout.InfiniteTimeSpan) return patience;
        throw new InvalidJobException("asyncTimeout", $"asyncTimeout must be a positive number; it is {patience.TotalMilliseconds} ms.");
    }

    /// <summary>Whether the call asks for what only a job can have that is stored before it starts.</summary>
    private static bool NeedsStore(JobSpec spec) =>
        spec is not { Held: false, Session: null, Key: null, RunAt: null, After.Count: 0, Caps.Count: 0, Reuse: JobReuse.None };

    private ValueTask<CallResult> CallInlineAsync(
        JobSpec spec, JobKind kind, IJobExecutor? body, TimeSpan patience, OnAbandon onAbandon, CancellationToken abandon)
    {
        var execution = JobExecution.Inline(core, spec, kind, body);
        var race = new PatienceRace(execution, onAbandon);
        core.Runner!.AddInline(execution);
        if (core.Runner.IsStopping)
        {
            // A stop that began in between has not seen it.
            core.Runner.RemoveInline(execution);
            throw new ShuttingDownException();
        }
        execution.BeginInline();
        return race.RunAsync(patience, abandon);
    }

    private async ValueTask<CallResult> CallStoredAsync(
        JobSpec spec, IJobExecutor? body, TimeSpan patience, OnAbandon onAbandon, CancellationToken abandon)
    {
        var job = await client.SubmitAsync(spec, body, handOver: body is not null && patience == TimeSpan.Zero, CancellationToken.None);
        try
        {
            var news = patience == TimeSpan.Zero
                ? new JobNews(job, TimedOut: true)
                : await client.WaitAsync(job.Id, new() { Timeout = patience, OrInput = true }, abandon);
            if (news.Job.IsTerminal) return CallResult.Stored(news.Job, await client.OutcomeOf(news.Job, CancellationToken.None));
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // Others may have been answered with the same job, and wait for it.
            if (onAbandon == OnAbandon.Cancel && job.Spec.Reuse == JobReuse.None)
                await client.CancelAsync(job.Id, "its caller, who gave up", CancellationToken.None);
            throw;
        }
        return CallResult.Promoted(job.PromotedAt is null ? await client.HandOverAsync(job.Id) : job);
    }
}
