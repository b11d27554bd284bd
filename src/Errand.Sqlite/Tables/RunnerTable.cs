using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>The runners, and what each of them holds.</summary>
internal sealed class RunnerTable(SqliteConnection connection)
{
    private SqliteStatement? _beat, _others, _lapse, _isLapsed, _held, _gone;

    /// <summary>Enters or keeps up a runner.</summary>
    /// <returns>Whether it lives; a lapsed one never comes back.</returns>
    public bool Beat(RunnerBeat beat)
    {
        _beat ??= connection.Prepare(
            "INSERT INTO runner (id, beat, boot_id, process_id, start_time) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET " +
            "beat = excluded.beat, boot_id = excluded.boot_id, process_id = excluded.process_id, start_time = excluded.start_time WHERE lapsed = 0");
        _beat.Bind(1, beat.Runner.Text).Bind(2, beat.Beat)
            .Bind(3, beat.Process?.BootId).Bind(4, (long?)beat.Process?.ProcessId).Bind(5, beat.Process?.StartTime)
            .Run();
        return connection.Changes == 1;
    }

    public IReadOnlyList<RunnerBeat> Others(RunnerId runner)
    {
        _others ??= connection.Prepare(
            "SELECT id, beat, boot_id, process_id, start_time FROM runner INDEXED BY runner_living WHERE lapsed = 0 AND id <> ?");
        _others.Bind(1, runner.Text);
        List<RunnerBeat> others = [];
        while (_others.Step())
        {
            var process = _others.IsNull(2) ? null : new ProcessIdentity(_others.Text(2), (int)_others.Int64(3), _others.Int64(4));
            others.Add(new(new(_others.Text(0)), _others.Int64(1), process));
        }
        _others.Reset();
        return others;
    }

    /// <summary>Declares a runner lapsed if its count of beats is still this one.</summary>
    /// <returns>Whether it has lapsed by this.</returns>
    public bool TryLapse(RunnerId runner, long seenBeat)
    {
        _lapse ??= connection.Prepare("UPDATE runner SET lapsed = 1 WHERE id = ? AND beat = ? AND lapsed = 0");
        _lapse.Bind(1, runner.Text).Bind(2, seenBeat).Run();
        return connection.Changes == 1;
    }

    public bool HasLapsed(RunnerId runner)
    {
        _isLapsed ??= connection.Prepare("SELECT 1 FROM runner WHERE id = ? AND lapsed = 1");
        bool lapsed = _isLapsed.Bind(1, runner.Text).Step();
        _isLapsed.Reset();
        return lapsed;
    }

    /// <summary>Calls back for each job that a runner holds, with its version.</summary>
    public void EachHeld(RunnerId runner, Action<HeldJob, long> held)
    {
        _held ??= connection.Prepare("SELECT id, attempt, phase, version FROM job INDEXED BY job_held WHERE phase > 0 AND phase < 5 AND runner = ?");
        _held.Bind(1, runner.Text);
        while (_held.Step()) held(new(_held.Id(0), (int)_held.Int64(1), (JobPhase)_held.Int64(2)), _held.Int64(3));
        _held.Reset();
    }

    /// <summary>The lapsed runners that still hold jobs. Steps from holder to holder, however many jobs each of them has.</summary>
    public IReadOnlyList<RunnerId> Gone()
    {
        _gone ??= connection.Prepare(
            "WITH RECURSIVE holder (id) AS (SELECT min(runner) FROM job INDEXED BY job_held WHERE phase > 0 AND phase < 5 " +
            "UNION ALL SELECT (SELECT min(runner) FROM job INDEXED BY job_held WHERE phase > 0 AND phase < 5 AND runner > holder.id) " +
            "FROM holder WHERE holder.id IS NOT NULL) " +
            "SELECT runner.id FROM holder CROSS JOIN runner ON runner.id = holder.id AND runner.lapsed = 1");
        List<RunnerId>? gone = null;
        while (_gone.Step()) (gone ??= []).Add(new(_gone.Text(0)));
        _gone.Reset();
        return gone ?? (IReadOnlyList<RunnerId>)[];
    }
}
