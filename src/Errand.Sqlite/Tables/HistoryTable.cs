namespace Errand.Sqlite;

/// <summary>The lines that transitions have added to the histories of jobs.</summary>
internal sealed class HistoryTable(SqliteConnection connection)
{
    private SqliteStatement? _append, _read, _remove;

    public void Append(WrittenJob job, IReadOnlyList<JobEvent> lines)
    {
        _append ??= connection.Prepare("INSERT INTO history (job, version, line, at, name, by, detail, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        for (int i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            _append.Bind(1, job.Seq).Bind(2, job.Version).Bind(3, i)
                .Bind(4, line.At.ToUnixTimeMilliseconds()).Bind(5, line.Name).Bind(6, line.By).Bind(7, line.Detail).Bind(8, line.Attempt)
                .Run();
        }
    }

    public IReadOnlyList<JobEvent> Of(JobId id)
    {
        _read ??= connection.Prepare(
            "SELECT at, name, by, detail, attempt FROM history WHERE job = (SELECT seq FROM job WHERE id = ?) ORDER BY version, line");
        _read.Bind(1, id);
        try
        {
            List<JobEvent> lines = [];
            while (_read.Step()) lines.Add(new(_read.Time(0), _read.Text(1), _read.TextOrNull(2), _read.TextOrNull(3), (int)_read.Int64(4)));
            return lines;
        }
        finally
        {
            _read.Reset();
        }
    }

    public void Remove(long seq) => (_remove ??= connection.Prepare("DELETE FROM history WHERE job = ?")).Bind(1, seq).Run();
}
