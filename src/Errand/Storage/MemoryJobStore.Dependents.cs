namespace Errand.Storage;

// Which jobs start after which: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    // Jobs that have ended and whose dependents have not all been told.
    private readonly LinkedList<StoredJob> _toRelease = [];

    /// <summary>Ties a job that was just added to its parents; answers whether one that it waits for has ended as it should not.</summary>
    private bool FollowParents_NeedsLock(StoredJob stored)
    {
        bool releases = false;
        int pending = 0;
        foreach (var dependency in stored.Job.Spec.After)
        {
            var parent = _jobs[dependency.Job];
            parent.LiveDependents++;
            // What is under way already waits for nothing.
            if (stored.Job.Phase != JobPhase.Queued) continue;
            if (parent.Job.IsTerminal && dependency.IsMetBy(parent.Job.Phase)) continue;
            pending++;
            (parent.Untold ??= []).Enqueue((stored, dependency.OnAnyEnd));
            if (!parent.Job.IsTerminal) continue;
            EnterForRelease_NeedsLock(parent);
            releases = true;
        }
        if (pending > 0) stored.Job = stored.Job with { PendingParents = pending, Holds = stored.Job.Holds | JobHolds.Parents };
        return releases;
    }

    private bool EnterForRelease_NeedsLock(StoredJob parent)
    {
        if (parent.Untold is not { Count: > 0 }) return false;
        if (parent.IsToRelease) return true;
        parent.IsToRelease = true;
        _toRelease.AddLast(parent);
        return true;
    }

    private ReleaseResult Release_NeedsLock(int limit, List<JobHint>? hints)
    {
        List<UnmetDependency> unmet = [];
        int looked = 0;
        for (var node = _toRelease.First; node is not null; node = Next(node))
        {
            var parent = node.Value;
            for (int left = parent.Untold!.Count; left > 0; left--, looked++)
            {
                if (looked == limit) return new(unmet, More: true);
                var (child, onAnyEnd) = parent.Untold.Dequeue();
                if (child.Job.IsTerminal) continue;
                if (new JobDependency(parent.Job.Id, onAnyEnd).IsMetBy(parent.Job.Phase)) LowerPending_NeedsLock(child, hints);
                else
                {
                    parent.Untold.Enqueue((child, onAnyEnd));
                    unmet.Add(new(child.Job.Id, parent.Job.Id, parent.Job.Phase));
                }
            }
        }
        return new(unmet, More: false);

        LinkedListNode<StoredJob>? Next(LinkedListNode<StoredJob> node)
        {
            var next = node.Next;
            if (node.Value.Untold!.Count > 0) return next;
            node.Value.Untold = null;
            node.Value.IsToRelease = false;
            _toRelease.Remove(node);
            return next;
        }
    }

    private void LowerPending_NeedsLock(StoredJob child, List<JobHint>? hints)
    {
        int pending = child.Job.PendingParents - 1;
        child.Job = child.Job with { PendingParents = pending, Holds = pending > 0 ? child.Job.Holds : child.Job.Holds & ~JobHolds.Parents };
        if (pending == 0) Settle_NeedsLock(child, hints);
    }

    private void ForgetParents_NeedsLock(StoredJob ended)
    {
        foreach (var dependency in ended.Job.Spec.After)
            if (_jobs.TryGetValue(dependency.Job, out var parent)) parent.LiveDependents--;
    }
}
