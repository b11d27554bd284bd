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
            if (session.Jobs.Remove(id) is not { } seq) continue;
            session.History.Remove(seq);
            removed++;
        }
        Result = removed;
    }
}
