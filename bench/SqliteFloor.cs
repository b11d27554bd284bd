using System.Diagnostics;
using Errand.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Bench;

/// <summary>
/// The floor under the SQLite store: one thread that writes the same rows into the same tables and indexes under the same pragmas, an insert
/// and an update a job, in transactions of 500 statements, with nothing else around it.
/// </summary>
internal static class SqliteFloor
{
    private const int Batch = 500;

    public static async Task<double> MeasureAsync(string folder, int jobs)
    {
        string path = Path.Combine(folder, "floor.db");
        await using (var store = new SqliteJobStore(
            new() { Path = path }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance))
            await store.OpenAsync();
        using var connection = SqliteConnection.Open(path, ConnectionMode.Write);
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = 0; PRAGMA cache_size = -16000;");
        using var begin = connection.Prepare("BEGIN IMMEDIATE");
        using var commit = connection.Prepare("COMMIT");
        using var insert = connection.Prepare(
            "INSERT INTO job (id, kind, owner, phase, version, attempt, holds, rank, runner, priority, " +
            "created_at, scheduled_at, started_at, last_activity_at, input) " +
            "VALUES (?, 'work', 'local', 1, 1, 1, 0, ?, 'runner0000000000000000000000000000000', 0, ?, ?, ?, ?, ?)");
        using var update = connection.Prepare(
            "UPDATE OR FAIL job SET version = version + 1, last_activity_at = ?, phase = 5, finished_at = ?, outcome = 3 " +
            "WHERE id = ? AND phase = 1 AND attempt = 1");
        var ids = new JobId[Batch];
        var input = JobData.Parse(Throughput.Input);
        long startedAt = Stopwatch.GetTimestamp();
        for (int done = 0; done < jobs; done += Batch)
        {
            var now = DateTimeOffset.UtcNow;
            long milliseconds = now.ToUnixTimeMilliseconds();
            begin.Run();
            for (int i = 0; i < Batch; i++)
            {
                ids[i] = JobId.New(now);
                insert.Bind(1, ids[i]).Bind(2, milliseconds).Bind(3, milliseconds).Bind(4, milliseconds)
                    .Bind(5, milliseconds).Bind(6, milliseconds).Bind(7, input).Run();
            }
            commit.Run();
            begin.Run();
            for (int i = 0; i < Batch; i++) update.Bind(1, milliseconds).Bind(2, milliseconds).Bind(3, ids[i]).Run();
            commit.Run();
        }
        return jobs / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }
}
