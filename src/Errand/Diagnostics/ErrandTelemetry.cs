using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Errand.Diagnostics;

/// <summary>What OpenTelemetry and its like can see: one trace from submit to run, also across processes, and counts and times by kind.</summary>
public static class ErrandTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Errand";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> SubmittedJobs =
        Meter.CreateCounter<long>("errand.jobs.submitted", "{job}", "Jobs that were handed in and kept.");
    private static readonly Counter<long> StartedJobs = Meter.CreateCounter<long>("errand.jobs.started", "{job}", "Attempts that were started.");
    private static readonly Counter<long> EndedJobs = Meter.CreateCounter<long>("errand.jobs.ended", "{job}", "Jobs that ended, by state.");
    private static readonly Counter<long> RetriedJobs =
        Meter.CreateCounter<long>("errand.jobs.retried", "{job}", "Attempts that failed and were put back into line.");
    private static readonly Counter<long> PromotedCalls =
        Meter.CreateCounter<long>("errand.calls.promoted", "{call}", "Calls that outlived their caller's patience.");
    private static readonly UpDownCounter<long> RunningJobs = Meter.CreateUpDownCounter<long>("errand.jobs.running", "{job}", "Attempts under way.");
    private static readonly Histogram<double> WaitTime = Meter.CreateHistogram<double>("errand.job.wait", "s", "From due to started.");
    private static readonly Histogram<double> RunTime = Meter.CreateHistogram<double>("errand.job.run", "s", "From started to ended.");

    internal static Activity? StartSubmit(ref JobSpec spec)
    {
        if (!Source.HasListeners() && Activity.Current is null) return null;
        var activity = Source.StartActivity($"submit {spec.Kind}", ActivityKind.Producer);
        activity?.SetTag("errand.job.kind", spec.Kind);
        if (spec.TraceParent is null && (activity ?? Activity.Current) is { IdFormat: ActivityIdFormat.W3C } current)
            spec = spec with { TraceParent = current.Id };
        return activity;
    }

    internal static Activity? StartRun(JobExecution execution)
    {
        string kind = execution.Spec.Kind;
        if (StartedJobs.Enabled) StartedJobs.Add(1, Kind(kind));
        if (RunningJobs.Enabled) RunningJobs.Add(1, Kind(kind));
        if (execution.Stored is { Current: var job } && WaitTime.Enabled)
            WaitTime.Record(Math.Max(0, (execution.StartedAt - job.ScheduledAt).TotalSeconds), Kind(kind));
        if (!Source.HasListeners()) return null;
        ActivityContext.TryParse(execution.Spec.TraceParent, null, isRemote: true, out var parent);
        // An inline call runs under its caller's activity; a stored job under the one that submitted it.
        var activity = execution.Stored is null
            ? Source.StartActivity($"run {kind}")
            : Source.StartActivity($"run {kind}", ActivityKind.Consumer, parent);
        activity?.SetTag("errand.job.kind", kind);
        activity?.SetTag("errand.job.attempt", execution.Attempt);
        if (execution.Stored is not null) activity?.SetTag("errand.job.id", execution.Id.ToString());
        return activity;
    }

    internal static void RunEnded(JobExecution execution, Activity? activity, JobOutcome outcome)
    {
        if (RunningJobs.Enabled) RunningJobs.Add(-1, Kind(execution.Spec.Kind));
        if (activity is null) return;
        if (outcome.Error is { } error) activity.SetStatus(ActivityStatusCode.Error, error.Message);
        activity.Dispose();
    }

    internal static void Submitted(Job job)
    {
        if (SubmittedJobs.Enabled) SubmittedJobs.Add(1, Kind(job.Kind));
    }

    internal static void Promoted(JobExecution execution)
    {
        if (PromotedCalls.Enabled) PromotedCalls.Add(1, Kind(execution.Spec.Kind));
    }

    /// <summary>A job has ended that nothing ran.</summary>
    internal static void Ended(Job job)
    {
        if (EndedJobs.Enabled) EndedJobs.Add(1, Kind(job.Kind), new("errand.job.state", job.State.ToWord()));
    }

    internal static void Ended(JobExecution execution, Job job)
    {
        if (!job.IsTerminal)
        {
            if (RetriedJobs.Enabled) RetriedJobs.Add(1, Kind(job.Kind));
            return;
        }
        Ended(job);
        if (RunTime.Enabled && job.FinishedAt is { } finished)
            RunTime.Record(Math.Max(0, (finished - execution.StartedAt).TotalSeconds), Kind(job.Kind));
    }

    private static KeyValuePair<string, object?> Kind(string kind) => new("errand.job.kind", kind);
}
