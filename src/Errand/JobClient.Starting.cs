namespace Errand;

// Jobs that are defined first and started later.
internal sealed partial class JobClient
{
    public async ValueTask<StartReply> StartAsync(JobId id, string by, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(by)) throw new InvalidJobException("by", "It must be said who starts a job.");
        for (var job = await Store.FindAsync(id, cancellationToken); ;)
        {
            if (job is null) return new(id, StartAnswer.NotFound, null);
            if (job.IsTerminal) return new(id, StartAnswer.AlreadyFinished, job);
            if (job.State != JobState.Queued) return new(id, StartAnswer.AlreadyRunning, job);
            if (!job.Holds.HasFlag(JobHolds.Start)) return new(id, StartAnswer.AlreadyStarted, job);
            var result = await ApplyAsync(id, JobTransition.RequestStart(by, job.Version, _core.Time.GetJobTime()), cancellationToken);
            if (result.Status == ApplyStatus.Applied)
            {
                _core.Runner?.RingPump();
                return new(id, StartAnswer.Started, await Store.FindAsync(id, cancellationToken));
            }
            job = result.Current;
        }
    }
}
