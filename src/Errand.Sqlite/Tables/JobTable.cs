namespace Errand.Sqlite;

/// <summary>The jobs, one row each.</summary>
internal sealed class JobTable(SqliteConnection connection)
{
    private SqliteStatement? _byId, _bySeq, _byKey, _byFingerprint, _insert, _remove, _place, _giveWay;

    public Job? Find(JobId id) => ReadOne((_byId ??= Select("id = ?")).Bind(1, id));

    public Job? Find(long seq) => ReadOne((_bySeq ??= Select("seq = ?")).Bind(1, seq));

    /// <summary>Where a job stands in the order of arrival, and in which phase it is.</summary>
    public (long Seq, JobPhase Phase)? PlaceOf(JobId id)
    {
        _place ??= connection.Prepare("SELECT seq, phase FROM job WHERE id = ?");
        (long, JobPhase)? place = _place.Bind(1, id).Step() ? (_place.Int64(0), (JobPhase)_place.Int64(1)) : null;
        _place.Reset();
        return place;
    }

    /// <summary>Inserts a job unless one with its id, or with its owner and key, is there, or one that may stand in for it.</summary>
    /// <returns>Its place in the order of arrival; nothing where one was there.</returns>
    public long? Insert(Job job)
    {
        _insert ??= connection.Prepare($"INSERT INTO job ({JobColumns.Inserted}) VALUES ({Marks(JobColumns.More)}) ON CONFLICT DO NOTHING");
        _insert.BindJob(job);
        _insert.Run();
        return connection.Changes == 1 ? connection.LastRowId : null;
    }

    /// <summary>The job that answers for one that is to be added.</summary>
    public Job? Existing(Job job)
    {
        if (Find(job.Id) is { } same) return same;
        if (job.Spec.Key is { } key && ReadOne((_byKey ??= Select("owner = ? AND key = ?")).Bind(1, job.Owner).Bind(2, key)) is { } named) return named;
        return StandIn(job) is { } other && other.MayStandIn(job.CreatedAt) ? other : null;
    }

    /// <summary>Inserts a job that only one is in the way of whose result is kept no longer, and which makes room for it.</summary>
    public long InsertInPlace(Job job)
    {
        if (StandIn(job) is { } kept)
        {
            _giveWay ??= connection.Prepare($"UPDATE OR FAIL job SET reuse = {StoredReuse.GaveWay} WHERE id = ?");
            _giveWay.Bind(1, kept.Id).Run();
        }
        return Insert(job) ?? throw new InvalidOperationException($"Job {job.Id} was not inserted, although nothing is in its way.");
    }

    /// <summary>Removes a job that has ended, unless a live one starts after it.</summary>
    /// <returns>The place it had in the order of arrival, and whether others have started after it; nothing where none was removed.</returns>
    public (long Seq, bool HadDependents)? Remove(JobId id)
    {
        _remove ??= connection.Prepare(
            "DELETE FROM job WHERE id = ? AND phase >= 5 AND NOT EXISTS (SELECT 1 FROM dependency WHERE parent = job.seq) " +
            "RETURNING seq, dependents IS NOT NULL");
        (long, bool)? removed = _remove.Bind(1, id).Step() ? (_remove.Int64(0), _remove.Int64(1) != 0) : null;
        _remove.Reset();
        return removed;
    }

    private Job? StandIn(Job job)
    {
        if (StoredReuse.Of(job.Spec) == 0 || job.Spec.Fingerprint is not { } fingerprint) return null;
        _byFingerprint ??= Select("owner = ? AND fingerprint = ? AND (reuse & (1 << phase)) <> 0");
        return ReadOne(_byFingerprint.Bind(1, job.Owner).Bind(2, fingerprint));
    }

    private SqliteStatement Select(string where) => connection.Prepare($"SELECT {JobColumns.Read} FROM job WHERE {where}");

    private static Job? ReadOne(SqliteStatement statement)
    {
        try
        {
            return statement.Step() ? statement.Job() : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static string Marks(int count) => string.Join(", ", Enumerable.Repeat("?", count));
}
