using Errand.Storage;

namespace Errand;

// Doing again what failed.
internal sealed partial class JobClient
{
    private const int RedrivenAtOnce = 200;

    public async ValueTask<Job> RetryAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        if (!job.IsTerminal) throw new JobNotFinishedException(job);
        if (job.State == JobState.Completed)
            throw new InvalidJobException(
                "id", $"Job {id} has completed; there is nothing to retry. Submit it again if its work is to be done once more.");
        return await SubmitAsync(AgainOf(job), cancellationToken);
    }

    public async ValueTask<Job> RedriveAsync(JobId id, string by, CancellationToken cancellationToken = default)
    {
        CheckRedriver(by);
        var job = await GetAsync(id, cancellationToken);
        if (job.IsDeadLetter) return (await RedriveAsync([job], by, cancellationToken))[0];
        // What somebody redrove before is answered with what became of it.
        return await SuccessorOfAsync(id, cancellationToken)
            ?? throw new InvalidJobException(
                "id", $"Job {id} is {job.State.ToWord()} and no dead letter; list them with JobQuery.DeadLetters, or use RetryAsync.");
    }

    public async ValueTask<int> RedriveAllAsync(JobQuery query, string by, CancellationToken cancellationToken = default)
    {
        CheckRedriver(by);
        CheckQuery(query);
        query = query with { DeadLetters = true, States = [JobState.Failed], OldestFirst = true, Limit = RedrivenAtOnce, After = null };
        int redriven = 0;
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = await Store.ListAsync(query, cancellationToken);
            redriven += (await RedriveAsync(page.Items, by, cancellationToken)).Count;
            if (page.Next is null) return redriven;
        }
    }

    private static void CheckRedriver(string by)
    {
        if (string.IsNullOrWhiteSpace(by)) throw new InvalidJobException("by", "It must be said who redrives.");
    }

    // The new jobs come first, under keys that make each one of a kind: whoever dies before the dead letters are marked, or does the same at the
    // same time, submits nothing twice.
    private async ValueTask<IReadOnlyList<Job>> RedriveAsync(IReadOnlyList<Job> dead, string by, CancellationToken cancellationToken)
    {
        if (dead.Count == 0) return [];
        _core.RefuseWhenStopping();
        var now = _core.Time.GetJobTime();
        Job[] again = [.. dead.Select(job => _core.QueuedJob(_core.NewId(now), AgainOf(job) with { Key = RedriveKey(job.Id) }, now))];
        foreach (var job in again) _core.Check(job.Spec);
        var submitted = await AddQueuedAsync(again, cancellationToken);
        JobWrite[] marks = [.. dead.Select((job, i) => new JobWrite(job.Id, JobTransition.Redrive(by, submitted[i].Id, job.Version, now)))];
        await Store.ApplyAsync(marks, cancellationToken);
        return submitted;
    }

    private async ValueTask<Job?> SuccessorOfAsync(JobId id, CancellationToken cancellationToken)
    {
        var line = (await Store.HistoryAsync(id, cancellationToken)).LastOrDefault(line => line.Name == JobEvents.Redriven);
        return line?.Detail is { } successor ? await Store.FindAsync(JobId.Parse(successor), cancellationToken) : null;
    }

    private static string RedriveKey(JobId id) => $"redrive/{id}";

    // What it was to start after has ended, its batch has been counted, and whoever wants it again has started it.
    private static JobSpec AgainOf(Job job) =>
        job.Spec with { RetryOf = job.Id, Key = null, RunAt = null, TraceParent = null, After = [], Batch = null, Held = false };
}
