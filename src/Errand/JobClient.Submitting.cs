using Errand.Diagnostics;
using Errand.Storage;

namespace Errand;

// How jobs come in.
internal sealed partial class JobClient
{
    public ValueTask<Job> SubmitAsync(JobSpec spec, CancellationToken cancellationToken = default) =>
        SubmitAsync(spec, null, handOver: false, cancellationToken);

    /// <summary>Submits the job of a call, with its work.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="body">The work; none where its kind knows how to run it.</param>
    /// <param name="handOver">Whether its caller is given its id at once, so that it does not wait for a slot.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async ValueTask<Job> SubmitAsync(JobSpec spec, IJobExecutor? body, bool handOver, CancellationToken cancellationToken)
    {
        _core.RefuseWhenStopping();
        _core.Check(spec);
        using var activity = ErrandTelemetry.StartSubmit(ref spec);
        var now = _core.Time.GetJobTime();
        var id = _core.NewId(now);
        activity?.SetTag("errand.job.id", id.ToString());
        var caps = _core.CapsOf(spec);
        if (StartsAtOnce(spec, caps, now) && _core.Runner is { } runner
            && (handOver ? runner.TryReserveHandOver(spec) : runner.TryReserveDirect(spec))
            && await StartDirectAsync(runner, id, spec, body, handOver, now, cancellationToken) is { } started) return started;
        var queued = ErrandCore.QueuedJob(id, spec, caps, now);
        return body is null ? (await AddQueuedAsync([queued], cancellationToken))[0] : await AddParkedAsync(queued, body, cancellationToken);
    }

    /// <summary>Adds the job of a call whose work waits here for its turn.</summary>
    private async ValueTask<Job> AddParkedAsync(Job queued, IJobExecutor body, CancellationToken cancellationToken)
    {
        // Before it is added, because it may be claimed at once.
        _core.ParkedBodies.Park(queued.Id, body);
        try
        {
            var job = (await AddQueuedAsync([queued], cancellationToken))[0];
            if (job.Id != queued.Id) _core.ParkedBodies.Drop(queued.Id);
            else _core.Scheduler.Queue(() => _ = DropWhenEndedAsync(job.Id));
            return job;
        }
        catch
        {
            _core.ParkedBodies.Drop(queued.Id);
            throw;
        }
    }

    /// <summary>A job may end, or be run by another process, without its body.</summary>
    private async Task DropWhenEndedAsync(JobId id)
    {
        try
        {
            long version = 0;
            while (_core.ParkedBodies.Holds(id))
            {
                var job = (await WaitAsync(id, new() { AfterVersion = version })).Job;
                // What this process has claimed it is about to take.
                if (job.IsTerminal || (job.Attempt > 0 && job.Runner != _core.Runner?.Lease.Runner)) break;
                version = job.Version;
            }
        }
        catch (JobException)
        {
            // Removed, or the store is away: then it is queued no longer, or runs by its kind.
        }
        _core.ParkedBodies.Drop(id);
    }

    public async ValueTask<IReadOnlyList<Job>> SubmitAsync(IReadOnlyList<JobSpec> specs, CancellationToken cancellationToken = default)
    {
        var batch = CreateBatch();
        foreach (var spec in specs) batch.Add(spec);
        return await SubmitAsync(batch, isOne: false, cancellationToken);
    }

    public ValueTask<IReadOnlyList<Job>> SubmitAsync(JobBatch batch, CancellationToken cancellationToken = default) =>
        SubmitAsync(batch, isOne: true, cancellationToken);

    public JobBatch CreateBatch() => new(() => _core.NewId(_core.Time.GetJobTime()));

    /// <summary>Adds the job of a schedule's run, whose id tells whether it was added before.</summary>
    internal async ValueTask<Job> AddRunAsync((JobId Id, JobSpec Spec) run, CancellationToken cancellationToken) =>
        (await AddQueuedAsync([_core.QueuedJob(run.Id, run.Spec, _core.Time.GetJobTime())], cancellationToken))[0];

    private async ValueTask<IReadOnlyList<Job>> SubmitAsync(JobBatch batch, bool isOne, CancellationToken cancellationToken)
    {
        _core.RefuseWhenStopping();
        if (batch.Jobs.Count == 0) return [];
        foreach (var (_, spec) in batch.Jobs) _core.Check(spec);
        var now = _core.Time.GetJobTime();
        var jobs = new Job[batch.Jobs.Count];
        var order = batch.InOrderOfStart();
        for (int i = 0; i < jobs.Length; i++)
        {
            var (id, spec) = batch.Jobs[order[i]];
            using var activity = ErrandTelemetry.StartSubmit(ref spec);
            jobs[i] = _core.QueuedJob(id, isOne ? spec with { Batch = batch.Id } : spec, now);
        }
        var added = await AddQueuedAsync(jobs, cancellationToken);
        var answer = new Job[jobs.Length];
        for (int i = 0; i < jobs.Length; i++) answer[order[i]] = added[i];
        return answer;
    }

    /// <summary>Whether nothing but a free slot is needed to start it.</summary>
    private static bool StartsAtOnce(JobSpec spec, IReadOnlyList<JobCap> caps, DateTimeOffset now) =>
        caps.Count == 0 && spec is { Held: false, Session: null, After.Count: 0, Notify.Count: 0, Reuse: JobReuse.None } && !(spec.RunAt > now);

    /// <summary>Adds a job as running here; none where it must wait after all.</summary>
    private async ValueTask<Job?> StartDirectAsync(
        JobRunner runner, JobId id, JobSpec spec, IJobExecutor? body, bool handOver, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var job = Job.Running(id, spec, runner.Lease.Runner, createdAt: now, startedAt: now);
        if (handOver) job = job with { PromotedAt = now };
        var execution = runner.Expect(job, body);
        try
        {
            var added = (await Store.AddAsync([job], cancellationToken))[0];
            if (!added.Added)
            {
                runner.Unexpect(execution);
                return added.Refusal?.Reason switch
                {
                    null => SameRequest(job, added.Job),
                    RefusalReason.Paused => null,
                    _ => throw Refused(job, added.Refusal, [job]),
                };
            }
            ErrandTelemetry.Submitted(job);
            execution.Begin(resume: false);
            return added.Job;
        }
        catch
        {
            // Where it was written all the same, the runner's beats find it.
            runner.Unexpect(execution);
            throw;
        }
    }

    private async ValueTask<IReadOnlyList<Job>> AddQueuedAsync(Job[] jobs, CancellationToken cancellationToken)
    {
        // Where another job may be there already, it is that one's end that is told, and only the answer says whether it is.
        var all = _core.Notices.WithNotices(jobs, job => !MayBeThere(job));
        var results = await Store.AddAsync(all, cancellationToken);
        for (int i = 0; i < all.Count; i++)
            if (results[i].Refusal is { Reason: not RefusalReason.Others } refusal) throw Refused(all[i], refusal, all);
        NoticeJobs.Count(results, from: jobs.Length);
        bool inLine = false;
        for (int i = 0; i < jobs.Length; i++)
        {
            var (added, job, _) = results[i];
            inLine |= added && job.Holds == JobHolds.None;
            if (added) ErrandTelemetry.Submitted(job);
            else if (results[i].Refusal is null) job = SameRequest(jobs[i], job);
            if (MayBeThere(jobs[i])) await TellEndAsync(job, jobs[i].Spec.Notify, cancellationToken);
            jobs[i] = job;
        }
        if (inLine) _core.Runner?.RingPump();
        return jobs;
    }

    private static bool MayBeThere(Job job) => job.Spec.Key is not null || job.Spec.Reuse != JobReuse.None;

    /// <summary>
    /// Lets the end of a job be told that may have been there before. Whoever submits it again, after a crash, does no more than was done.
    /// </summary>
    private async ValueTask TellEndAsync(Job job, IReadOnlyList<JobNotice> notices, CancellationToken cancellationToken)
    {
        Job[] told = [.. _core.Notices.OfEnd(job, notices)];
        if (told.Length == 0) return;
        NoticeJobs.Count(await Store.AddAsync(told, cancellationToken), from: 0);
        _core.Runner?.RingPump();
    }

    private static JobException Refused(Job job, AddRefusal refusal, IReadOnlyList<Job> together) => refusal.Reason switch
    {
        RefusalReason.UnknownParent when together.Any(other => other.Id.ToString() == refusal.Name) => new InvalidJobException("after",
            $"Job {refusal.Name} of the batch was answered with an earlier job, which has its key or its fingerprint, so there is none of this id " +
            "to start after. Submit it by itself first, and start after the job that is the answer."),
        RefusalReason.UnknownParent => new InvalidJobException("after",
            $"Job {refusal.Name}, which this one is to start after, was not found. " +
            "It may have been removed after its retention, or the id is mistyped."),
        RefusalReason.CapFull => new QueueFullException(job.Caps.First(cap => cap.Name == refusal.Name)),
        RefusalReason.Draining => new QueueDrainingException(refusal.Name),
        _ => new StoreUnavailableException($"The store refused job {job.Id} without a reason ({refusal.Reason}: {refusal.Name})."),
    };

    private static Job SameRequest(Job asked, Job existing)
    {
        bool sameKey = asked.Spec.Key is not null && existing.Spec.Key == asked.Spec.Key;
        if (sameKey && (existing.Kind != asked.Kind || existing.Spec.Input != asked.Spec.Input))
            throw new JobKeyConflictException(asked.Spec.Key!, existing);
        return existing;
    }
}
