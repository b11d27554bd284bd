using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>The times of the jobs of a kind that ended in a state, newest first.</summary>
internal sealed class RecentJobs(SqliteConnection connection)
{
    private SqliteStatement? _recent;

    public IReadOnlyList<JobTimes> Of(string kind, JobState state, int limit)
    {
        if (!state.IsTerminal()) return [];
        _recent ??= connection.Prepare(
            "SELECT created_at, scheduled_at, started_at, finished_at FROM job INDEXED BY job_by_kind " +
            "WHERE kind = ? AND phase = ? ORDER BY id DESC LIMIT ?");
        _recent.Bind(1, kind).Bind(2, (long)state.ToEnd()).Bind(3, Math.Max(limit, 0));
        try
        {
            List<JobTimes> times = [];
            while (_recent.Step()) times.Add(new(_recent.Time(0), _recent.Time(1), _recent.TimeOrNull(2), _recent.Time(3)));
            return times;
        }
        finally
        {
            _recent.Reset();
        }
    }
}
