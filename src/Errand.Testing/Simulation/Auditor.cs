using Errand.Storage;

namespace Errand.Testing;

/// <summary>
/// Watches everything that happens in a simulated world and knows what must never happen. It trusts nobody: it reads the store itself
/// before and after each write.
/// </summary>
internal sealed class Auditor(SimulatedWorld world, ISimulatedStores stores, int slots)
{
    /// <summary>The schedule that every world has.</summary>
    public const string ScheduleName = "ticking";

    private const int MostProblems = 20;
    private static readonly JobSpec NoSpec = new("none");
    private static readonly IReadOnlyList<JobInput> NoInputs = [];
    private static readonly IReadOnlyList<JobCap> NoCaps = [];
    private readonly AuditedOrder _order = new(stores);
    private readonly Dictionary<JobId, Job> _last = [];
    private readonly HashSet<JobId> _acknowledged = [];
    private readonly HashSet<JobId> _cancelled = [];
    private readonly HashSet<JobId> _answeredPlainly = [];
    private readonly Dictionary<(JobId, int), int> _bodies = [];
    private readonly List<(SimulatedNode Node, JobContext Job)> _running = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What happened how often: faults by the write they met, and other things that a run should have seen.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    public int LiveJobs { get; private set; }

    public int JobCount => _last.Count;

    /// <summary>A number that two runs of one seed share.</summary>
    public long Fingerprint { get; private set; } = 17;

    public void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;

    public void OnFault(string write, Fault fault) => Count($"{fault} {write}");

    public void OnAdded(IReadOnlyList<AddResult> results)
    {
        foreach (var result in results) Look(result.Job.Id);
    }

    public void BeforeApply(IReadOnlyList<JobWrite> writes)
    {
        foreach (var write in writes) Look(write.Id);
    }

    public void OnApplied(IReadOnlyList<JobWrite> writes, IReadOnlyList<ApplyResult> results)
    {
        for (int i = 0; i < writes.Count; i++)
        {
            var (id, transition) = writes[i];
            _last.TryGetValue(id, out var before);
            Look(id);
            if (stores.WritesAtOnce) CheckAnswer(before, transition, results[i]);
        }
    }

    public void BeforeClaim(SimulatedNode node, ClaimRequest request)
    {
        int running = 0;
        foreach (var (where, job) in _running)
            if (where == node && job.IsStored && job.StopReason is not (StopReason.Killed or StopReason.TimedOut or StopReason.OutputLimit or StopReason.LeaseLost)) running++;
        if (running + request.Count > slots)
        {
            var taken = _running.Where(body => body.Node == node).Select(body => $"{body.Job.StopReason} {Describe(_last[body.Job.Id])}");
            Problem($"{node.Name} claimed {request.Count} while {running} of its {slots} slots were taken: {string.Join(", ", taken)}");
        }
    }

    public void OnClaimed(ClaimRequest request, ClaimResult result)
    {
        foreach (var job in result.Started)
        {
            _last.TryGetValue(job.Id, out var before);
            if (stores.WritesAtOnce && before is not null && before.Phase != JobPhase.Queued)
                Problem($"{job.Id} was claimed in phase {before.Phase}");
            if (stores.WritesAtOnce && job.Attempt != (before?.Attempt ?? 0) + 1)
                Problem($"{job.Id} was claimed for attempt {job.Attempt} after {before?.Attempt}");
            Look(job.Id);
        }
        foreach (var job in result.Adopted)
        {
            Count("adopted");
            if (job.Runner != request.Runner) Problem($"{job.Id} was adopted for another runner");
            Look(job.Id);
        }
    }

    /// <summary>A submitter was told that its job is kept.</summary>
    public void Acknowledged(JobId id)
    {
        _acknowledged.Add(id);
        if (stores.Read(id) is null) Problem($"{id} was acknowledged and is not in the store");
    }

    /// <summary>Somebody was told that the job is, or will be, cancelled.</summary>
    public void CancelAcknowledged(JobId id)
    {
        _cancelled.Add(id);
        Count("cancel acknowledged");
    }

    /// <summary>A caller got the outcome of its call and no id.</summary>
    public void AnsweredPlainly(JobId id)
    {
        Count("answered in time");
        _answeredPlainly.Add(id);
    }

    public void BodyStarted(SimulatedNode node, JobContext job)
    {
        _running.Add((node, job));
        var key = (job.Id, job.Attempt);
        if ((_bodies[key] = _bodies.GetValueOrDefault(key) + 1) > 1) Problem($"the body of {job.Id} attempt {job.Attempt} was started twice");
        if (job.Attempt > 1 && !Reruns(job.Kind)) Problem($"{job.Id} of kind {job.Kind} was started again, which it is not made for");
        Stamp(job.Id, job.Attempt);
    }

    public void BodyPaused(JobContext job) => _running.RemoveAll(body => body.Job == job);

    public void BodyWentOn(SimulatedNode node, JobContext job) => _running.Add((node, job));

    public void BodyEnded(JobContext job) => _running.RemoveAll(body => body.Job == job);

    public void NodeDied(SimulatedNode node) => _running.RemoveAll(body => body.Node == node);

    /// <summary>Reads a job and compares it with what was seen before.</summary>
    public void Look(JobId id)
    {
        var now = stores.Read(id);
        _last.TryGetValue(id, out var before);
        if (now is null)
        {
            if (before is not null) Problem($"{id} was {before.Phase} and is gone");
            return;
        }
        if (before is null) LiveJobs++;
        else Compare(before, now);
        if (now.IsTerminal && before is not { IsTerminal: true })
        {
            LiveJobs--;
            Stamp(id, (int)now.Phase);
        }
        _last[id] = now;
        foreach (string problem in _order.ProblemsOf(now, _last)) Problem(problem);
    }

    /// <summary>Reads every live job: a write may be done whose writer died before it could tell.</summary>
    public void LookAround()
    {
        if (stores.WritesAtOnce) return;
        foreach (var job in _last.Values.Where(job => !job.IsTerminal).ToArray()) Look(job.Id);
    }

    /// <summary>The world has come to rest: what must be true now?</summary>
    public void CheckEnd(bool rested)
    {
        if (!rested)
            Problem($"the world did not come to rest; live: {string.Join(", ", _last.Values.Where(job => !job.IsTerminal).Select(Describe))}");
        foreach (var id in _last.Keys.ToArray()) Look(id);
        foreach (var id in _acknowledged)
            if (!_last.ContainsKey(id)) Problem($"{id} was acknowledged and is lost");
        foreach (var id in _cancelled)
            if (_last.TryGetValue(id, out var job) && job.Phase != JobPhase.Cancelled) Problem($"{id} was to be cancelled and is {Describe(job)}");
        // A row that may have been written by a failed hand-over is run again after a crash only where that is allowed.
        foreach (var id in _answeredPlainly)
        {
            if (_last.TryGetValue(id, out var written) && Reruns(written.Kind)) continue;
            if (_bodies.Where(body => body.Key.Item1 == id).Sum(body => body.Value) > 1) Problem($"{id} was answered in time and ran more than once");
        }
        foreach (var job in _last.Values) CheckEnded(job);
        foreach (var run in _last.Values.Where(job => job.Spec.Tags.Contains(JobSchedule.TagOf(ScheduleName))).GroupBy(job => job.Id.Time))
        {
            Count("run of a schedule");
            if (run.Count() > 1) Problem($"the schedule ran {run.Count()} times at {run.Key:O}: {string.Join(", ", run.Select(job => job.Id))}");
        }
        if (rested)
            foreach (var use in stores.Caps())
                Problem($"the cap {use.Cap.Name} counts {use.Running} under way and {use.Queued} in line, and nothing is");
    }

    private static bool Reruns(string kind) => kind is SimulatedWork.Restartable or SimulatedWork.Flaky;

    internal static string Describe(Job job) =>
        $"{job.Id} {job.Spec.Kind} {job.Phase} v{job.Version} attempt {job.Attempt} holds {job.Holds} runner {job.Runner}";

    /// <summary>The store did what the transition says of the job as it was, no more and no less.</summary>
    private void CheckAnswer(Job? before, JobTransition transition, ApplyResult result)
    {
        var expected = before is null ? ApplyStatus.Unknown : transition.Judge(before);
        if (result.Status != expected)
            Problem($"'{transition.Name}' was {result.Status} where {expected} was right, on {(before is null ? "nothing" : Describe(before))}");
        if (before is null || expected != ApplyStatus.Applied || result.Status != expected) return;
        var after = before.After(transition.EdgeFrom(before.Phase)!, transition.At);
        if (!SameButForHolds(after, _last[before.Id]))
            Problem($"'{transition.Name}' made {Describe(_last[before.Id])} of {Describe(before)}; it should be {Describe(after)}");
        if (result.Version != after.Version) Problem($"'{transition.Name}' answered version {result.Version} for {Describe(after)}");
    }

    // What holds a job back is the store's to know.
    private static bool SameButForHolds(Job left, Job right) => Held(left) == Held(right);

    private static Job Held(Job job) => job with { Holds = JobHolds.None, WaitsForCap = null, PendingParents = 0 };

    private void Compare(Job before, Job now)
    {
        bool redriven = before.IsDeadLetter && !now.IsDeadLetter && now.Version == before.Version + 1;
        if (before.IsTerminal && (now.Phase != before.Phase || (now.Version != before.Version && !redriven) || now.Outcome != before.Outcome))
            Problem($"an ended job changed: {Describe(before)} became {Describe(now)}");
        if (now.Version < before.Version) Problem($"the version fell: {Describe(before)} became {Describe(now)}");
        if (now.Attempt < before.Attempt) Problem($"the attempt fell: {Describe(before)} became {Describe(now)}");
        if (now.Version == before.Version && Essence(now) != Essence(before)) Problem($"{now.Id} changed without a new version");
        if (before.CancelRequest is not null && now.CancelRequest is null) Problem($"the cancel request of {now.Id} was taken back");
        if (JobPhases.Cancelling.Has(before.Phase) && !(JobPhases.Cancelling | JobPhases.Cancelled).Has(now.Phase))
            Problem($"a cancel was undone: {Describe(before)} became {Describe(now)}");
    }

    // What a store may read anew into other objects, or write without a version (what holds a job back), is left out.
    private static Job Essence(Job job) => Held(job) with { Spec = NoSpec, Inputs = NoInputs, Caps = NoCaps };

    private void CheckEnded(Job job)
    {
        if (!job.IsTerminal) return;
        if (job.Outcome is null || job.FinishedAt is null) Problem($"{Describe(job)} has ended without an outcome");
        if (job.Outcome is null) return;
        if (job.Outcome.State != job.State) Problem($"{Describe(job)} has the outcome {job.Outcome.State}");
        if (job.State == JobState.Cancelled && !job.Outcome.Result.IsNone) Problem($"the late result of cancelled {job.Id} was kept");
        if (job.State != JobState.Completed) return;
        string expected = SimulatedWork.ResultOf(job.Id, job.Attempt);
        if (job.Outcome.Result.ToString() != expected) Problem($"{Describe(job)} has the result of another attempt: {job.Outcome.Result}");
        if (!_bodies.ContainsKey((job.Id, job.Attempt))) Problem($"{Describe(job)} has completed and never ran");
    }

    private void Problem(string what)
    {
        if (_problems.Count < MostProblems) _problems.Add($"[{world.Elapsed.TotalSeconds:F3} s] {what}");
    }

    private void Stamp(JobId id, int what) => Fingerprint = unchecked((Fingerprint * 31) + id.GetHashCode() + what + world.Ticks);
}
