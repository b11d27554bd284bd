using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Which live jobs start after which, and the jobs that have ended and whose dependents have not all been told.</summary>
internal sealed class DependencyTable(SqliteConnection connection)
{
    // What starts after a job, where that has ended as it should.
    private const string Met = "parent = ?1 AND (on_end = 1 OR ?2 = 5)";

    private SqliteStatement? _insert, _mark, _enter, _forget, _ended, _lower, _settle, _unmet, _leave;

    /// <summary>Notes that a job starts after another.</summary>
    public void Add(long child, int place, long parent, JobDependency dependency, bool settled)
    {
        _insert ??= connection.Prepare("INSERT INTO dependency (child, place, parent, on_end, settled) VALUES (?, ?, ?, ?, ?)");
        _insert.Bind(1, child).Bind(2, place).Bind(3, parent).Bind(4, dependency.OnAnyEnd ? 1L : 0L).Bind(5, settled ? 1L : 0L).Run();
        if (settled) return;
        _mark ??= connection.Prepare("UPDATE OR FAIL job SET dependents = 1 WHERE seq = ? AND dependents IS NULL");
        _mark.Bind(1, parent).Run();
    }

    /// <summary>Enters a job that has ended, so that its dependents are told.</summary>
    public void Enter(long parent) =>
        (_enter ??= connection.Prepare("INSERT INTO ended (job) VALUES (?) ON CONFLICT DO NOTHING")).Bind(1, parent).Run();

    /// <summary>Forgets what a job that has ended started after.</summary>
    public void Forget(long child) => (_forget ??= connection.Prepare("DELETE FROM dependency WHERE child = ?")).Bind(1, child).Run();

    /// <summary>Takes a job out of those whose dependents are to be told.</summary>
    public void Leave(long parent) => (_leave ??= connection.Prepare("DELETE FROM ended WHERE job = ?")).Bind(1, parent).Run();

    /// <summary>Tells dependents.</summary>
    public ReleaseResult Release(int limit, List<JobHint> hints)
    {
        List<UnmetDependency> unmet = [];
        long last = 0;
        int left = limit;
        while (NextEnded(last) is { } parent)
        {
            if (left <= 0) return new(unmet, More: true);
            last = parent.Seq;
            left -= Lower(parent, left, hints);
            int missed = Unmet(parent, left + 1, unmet);
            if (missed > left)
            {
                unmet.RemoveAt(unmet.Count - 1);
                return new(unmet, More: true);
            }
            left -= missed;
            if (missed == 0) Leave(parent.Seq);
        }
        return new(unmet, More: false);
    }

    private EndedJob? NextEnded(long after)
    {
        _ended ??= connection.Prepare(
            "SELECT ended.job, job.id, job.phase FROM ended CROSS JOIN job ON job.seq = ended.job WHERE ended.job > ? ORDER BY ended.job LIMIT 1");
        EndedJob? parent = _ended.Bind(1, after).Step() ? new(_ended.Int64(0), _ended.Id(1), (JobPhase)_ended.Int64(2)) : null;
        _ended.Reset();
        return parent;
    }

    // A job may name another twice, so it may have several fewer to wait for at once.
    private int Lower(EndedJob parent, int limit, List<JobHint> hints)
    {
        const string children =
            $"SELECT DISTINCT child FROM dependency INDEXED BY dependency_by_parent WHERE {Met} AND settled = 0 ORDER BY child LIMIT ?3";
        const string told = $"SELECT count(*) FROM dependency WHERE dependency.child = job.seq AND {Met}";
        _lower ??= connection.Prepare(
            $"UPDATE job SET holds = CASE WHEN pending = ({told}) THEN holds & ~4 ELSE holds END, pending = pending - ({told}) " +
            $"WHERE seq IN ({children}) RETURNING id, version, holds");
        int count = 0;
        for (_lower.Bind(1, parent.Seq).Bind(2, (long)parent.Phase).Bind(3, limit); _lower.Step(); count++)
            hints.Add(new(_lower.Id(0), _lower.Int64(1), Ready: _lower.Int64(2) == 0));
        _lower.Reset();
        if (count == 0) return 0;
        _settle ??= connection.Prepare($"UPDATE dependency SET settled = 1 WHERE {Met} AND child IN ({children})");
        _settle.Bind(1, parent.Seq).Bind(2, (long)parent.Phase).Bind(3, limit).Run();
        return count;
    }

    private int Unmet(EndedJob parent, int limit, List<UnmetDependency> unmet)
    {
        _unmet ??= connection.Prepare(
            "SELECT job.id FROM dependency INDEXED BY dependency_by_parent CROSS JOIN job ON job.seq = dependency.child " +
            "WHERE dependency.parent = ? AND settled = 0 ORDER BY dependency.child LIMIT ?");
        int count = 0;
        for (_unmet.Bind(1, parent.Seq).Bind(2, limit); _unmet.Step(); count++) unmet.Add(new(_unmet.Id(0), parent.Id, parent.Phase));
        _unmet.Reset();
        return count;
    }

    /// <summary>A job that has ended.</summary>
    private readonly record struct EndedJob(long Seq, JobId Id, JobPhase Phase);
}
