namespace Errand.Sqlite;

/// <summary>The jobs, one row each.</summary>
internal sealed class JobTable(SqliteConnection connection)
{
    private SqliteStatement? _byId, _bySeq, _byKey, _insert, _remove;

    public Job? Find(JobId id) => ReadOne((_byId ??= Select("id = ?")).Bind(1, id));

    public Job? Find(long seq) => ReadOne((_bySeq ??= Select("seq = ?")).Bind(1, seq));

    /// <summary>Inserts a job unless one with its id, or with its owner and key, is there.</summary>
    /// <returns>Its place in the order of arrival; nothing where one was there.</returns>
    public long? Insert(Job job, JobHolds holds)
    {
        _insert ??= connection.Prepare($"INSERT INTO job ({JobColumns.Inserted}) VALUES ({Marks(JobColumns.Result)}) ON CONFLICT DO NOTHING");
        _insert.BindJob(job, holds);
        _insert.Run();
        return connection.Changes == 1 ? connection.LastRowId : null;
    }

    /// <summary>The job that an insert ran into.</summary>
    public Job Existing(Job job)
    {
        if (Find(job.Id) is { } same) return same;
        var byKey = (_byKey ??= Select("owner = ? AND key = ?")).Bind(1, job.Owner).Bind(2, job.Spec.Key);
        return ReadOne(byKey) ?? throw new InvalidOperationException($"Job {job.Id} was not inserted, although nothing is in its way.");
    }

    /// <summary>Removes a job that has ended.</summary>
    /// <returns>The place it had in the order of arrival; nothing where none was removed.</returns>
    public long? Remove(JobId id)
    {
        _remove ??= connection.Prepare("DELETE FROM job WHERE id = ? AND phase >= 5 RETURNING seq");
        long? seq = _remove.Bind(1, id).Step() ? _remove.Int64(0) : null;
        _remove.Reset();
        return seq;
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
