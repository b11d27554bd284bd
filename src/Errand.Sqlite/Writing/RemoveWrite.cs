namespace Errand.Sqlite;

/// <summary>Removes jobs that have ended.</summary>
internal sealed class RemoveWrite(IReadOnlyList<JobId> ids) : WriteRequest<int>
{
    public override int Weight => ids.Count;

    public override void Execute(WriteSession session)
    {
        int removed = 0;
        foreach (var id in ids)
        {
            if (session.Jobs.Remove(id) is not var (seq, hadDependents)) continue;
            session.History.Remove(seq);
            if (hadDependents) session.Dependencies.Leave(seq);
            removed++;
        }
        Result = removed;
    }
}
