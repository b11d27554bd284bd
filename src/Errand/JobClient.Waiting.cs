namespace Errand;

// Why jobs do not run yet.
internal sealed partial class JobClient
{
    private const int CountedInLine = 1000;
    private const int NamedParents = 3;

    private async ValueTask<JobWait?> WhyWaitingAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.State == JobState.Waiting)
            return new(
                JobWaitReasons.Input,
                $"It asked for input: {string.Join(", ", job.Inputs.Where(input => input.IsOutstanding).Select(input => input.Key))}.");
        if (job.State != JobState.Queued) return null;
        if (job.Holds.HasFlag(JobHolds.Start))
            return new(JobWaitReasons.Start, "It waits to be started: start it with StartAsync, or cancel it.");
        if (job.Holds.HasFlag(JobHolds.Parents)) return new(JobWaitReasons.Dependency, await WhichParentsAsync(job, cancellationToken));
        if (job.Holds.HasFlag(JobHolds.Future)) return new(JobWaitReasons.ScheduledFor, $"It starts at {job.ScheduledAt:O}.");
        if (job.Holds.HasFlag(JobHolds.Session)) return new(JobWaitReasons.Session, $"Another job of session '{job.Spec.Session}' is before it.");
        if (await PausedByAsync(job.Kind, cancellationToken) is { } gate)
            return new(
                JobWaitReasons.Paused,
                $"{(gate.Kind.Length == 0 ? "Everything" : $"The kind '{gate.Kind}'")} was paused by {gate.By} at {gate.At:O}.");
        return job.WaitsForCap is { } cap ? await WaitAtCapAsync(job, cap, cancellationToken) : await WaitForSlotAsync(job, cancellationToken);
    }

    private async ValueTask<string> WhichParentsAsync(Job job, CancellationToken cancellationToken)
    {
        List<string> live = [];
        foreach (var dependency in job.Spec.After)
        {
            if (live.Count > NamedParents) break;
            if (await Store.FindAsync(dependency.Job, cancellationToken) is { IsTerminal: false } parent)
                live.Add($"{parent.Id} ({parent.State.ToWord()})");
        }
        string names = string.Join(", ", live.Take(NamedParents));
        string named = names.Length == 0 ? "" : $": {names}{(live.Count > NamedParents ? ", …" : "")}";
        return $"It starts after {job.PendingParents} of {job.Spec.After.Count} jobs that have not ended{named}.";
    }

    private async ValueTask<QueueGate?> PausedByAsync(string kind, CancellationToken cancellationToken)
    {
        foreach (var gate in await _core.Queues.GatesAsync(cancellationToken))
            if (gate.State == QueueGateState.Paused && (gate.Kind.Length == 0 || gate.Kind == kind)) return gate;
        return null;
    }

    private async ValueTask<JobWait> WaitAtCapAsync(Job job, string name, CancellationToken cancellationToken)
    {
        int? place = await Store.PlaceAsync(job.Id, CountedInLine, cancellationToken);
        var use = (await Store.ListCapsAsync(name, null, 1, cancellationToken)).FirstOrDefault(use => use.Cap.Name == name);
        string detail = use switch
        {
            null => $"The cap '{name}' was full.",
            { Cap.Size.Running: { } most } when use.Running >= most => $"The cap '{name}' is full: {use.Running} of {most} are under way.",
            { Cap.Size.Rate: { } rate, FreeAt: { } at } => $"The cap '{name}' lets {rate.Count} start in {rate.Period}; the next one at {at:O}.",
            _ => $"The cap '{name}' has room again; it starts when a slot is free.",
        };
        return new(JobWaitReasons.Cap, detail, PositionOf(place));
    }

    private async ValueTask<JobWait> WaitForSlotAsync(Job job, CancellationToken cancellationToken)
    {
        int? place = await Store.PlaceAsync(job.Id, CountedInLine, cancellationToken);
        if (_core.Runner?.Gate.Reason is { } reason)
            return new(JobWaitReasons.Throttled, $"No jobs are started here for now: {reason}.", PositionOf(place));
        string busy = _core.Runner is not { } runner ? "no runner lives in this process"
            : _core.Kinds.Find(job.Kind) is { OutsideSlots: true } ? "it takes no slot, and starts with the next look at the line"
            : $"{runner.Admission.Taken} of {_core.Options.Slots} slots here are taken";
        string detail = PositionOf(place) is null ? $"Far back in line; {busy}." : $"{place} before it in line; {busy}.";
        return new(JobWaitReasons.Slot, detail, PositionOf(place));
    }

    private static int? PositionOf(int? place) => place < CountedInLine ? place + 1 : null;
}
