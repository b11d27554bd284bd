using Errand.Diagnostics;

namespace Errand;

// Ending jobs.
internal sealed partial class JobClient
{
    public ValueTask<StopReply> CancelAsync(JobId id, string by, CancellationToken cancellationToken = default) =>
        StopAsync(id, by, force: false, cancellationToken);

    public ValueTask<StopReply> KillAsync(JobId id, string by, CancellationToken cancellationToken = default) =>
        StopAsync(id, by, force: true, cancellationToken);

    public async ValueTask<IReadOnlyList<StopReply>> CancelAllAsync(JobQuery query, string by, CancellationToken cancellationToken = default)
    {
        List<StopReply> replies = [];
        query = LiveOnly(query) with { Limit = JobQuery.MaxLimit, After = null };
        if (query.States.Count == 0) return replies;
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = await Store.ListAsync(query, cancellationToken);
            foreach (var job in page.Items) replies.Add(await CancelAsync(job.Id, by, cancellationToken));
            if (page.Next is null) return replies;
        }
    }

    private async ValueTask<StopReply> StopAsync(JobId id, string by, bool force, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(by)) throw new InvalidJobException("by", "It must be said who asks for the end of a job.");
        var reply = await StopOneAsync(id, by, force, cancellationToken);
        // Also when it was asked for before: whoever asked first may have died before it reached the children.
        if (reply.Answer is not (StopAnswer.NotFound or StopAnswer.AlreadyFinished))
            await StopChildrenAsync(id, by, force, cancellationToken);
        return reply;
    }

    private async ValueTask<StopReply> StopOneAsync(JobId id, string by, bool force, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = _core.Time.GetJobTime();
            var job = force ? await Store.FindAsync(id, cancellationToken) : null;
            if (job?.CancelRequest?.Force == true && !job.IsTerminal) return new(id, StopAnswer.AlreadyCancelling, job);
            var transition = force ? JobTransition.RequestKill(by, job?.CancelRequest?.At ?? now, now) : JobTransition.RequestCancel(by, now);
            var result = await ApplyAsync(id, transition, cancellationToken);
            switch (result.Status)
            {
                case ApplyStatus.Applied:
                    bool ended = result.Edge!.To == JobPhase.Cancelled;
                    var stopped = await Store.FindAsync(id, cancellationToken);
                    if (ended && stopped is not null) ErrandTelemetry.Ended(stopped);
                    return new(id, ended ? StopAnswer.Cancelled : StopAnswer.Cancelling, stopped);
                case ApplyStatus.AlreadyApplied:
                    return new(id, result.Current!.IsTerminal ? StopAnswer.AlreadyCancelled : StopAnswer.AlreadyCancelling, result.Current);
                case ApplyStatus.Unknown:
                    return new(id, StopAnswer.NotFound, null);
                default:
                    if (result.Current!.IsTerminal) return new(id, StopAnswer.AlreadyFinished, result.Current);
                    continue;
            }
        }
    }

    private async ValueTask StopChildrenAsync(JobId parent, string by, bool force, CancellationToken cancellationToken)
    {
        var query = LiveOnly(new JobQuery { Parent = parent, Limit = JobQuery.MaxLimit });
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = await Store.ListAsync(query, cancellationToken);
            foreach (var child in page.Items) await StopAsync(child.Id, by, force, cancellationToken);
            if (page.Next is null) return;
        }
    }

    private static JobQuery LiveOnly(JobQuery query)
    {
        return query with { States = query.States.Count == 0 ? JobStates.Live : [.. query.States.Intersect(JobStates.Live)] };
    }
}
