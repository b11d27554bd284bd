using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Who may start next: the lines of those that could start now, those of a later time, those behind another of their session.</summary>
internal sealed class JobLines(SqliteConnection connection)
{
    // A bound, so that a million jobs of one moment do not hold up everybody else's writes; the claim is asked again for the rest.
    private const int MostLiftedAtOnce = 5000;

    private SqliteStatement? _heads, _lift, _nextDue, _sessionHead, _settle, _release, _held;

    /// <summary>Lets jobs into line whose time has come.</summary>
    /// <returns>When the next job of a later time is due.</returns>
    public DateTimeOffset? LiftDue(DateTimeOffset now, List<JobHint> hints)
    {
        var next = NextDue();
        if (!(next <= now)) return next;
        _lift ??= connection.Prepare(
            "UPDATE job SET holds = holds & ~1 WHERE seq IN " +
            "(SELECT seq FROM job INDEXED BY job_future WHERE phase = 0 AND (holds & 1) <> 0 AND scheduled_at <= ? ORDER BY scheduled_at LIMIT ?) " +
            "RETURNING id, version, holds");
        _lift.Bind(1, now).Bind(2, MostLiftedAtOnce);
        CollectHints(_lift, hints);
        return NextDue();
    }

    /// <summary>When the next job of a later time is due.</summary>
    private DateTimeOffset? NextDue()
    {
        _nextDue ??= connection.Prepare("SELECT min(scheduled_at) FROM job INDEXED BY job_future WHERE phase = 0 AND (holds & 1) <> 0");
        var due = _nextDue.Step() ? _nextDue.TimeOrNull(0) : null;
        _nextDue.Reset();
        return due;
    }

    /// <summary>Finds the first jobs of a kind that could start now, by rank and order of arrival.</summary>
    public void CollectHeads(string kind, int count, List<LineHead> heads)
    {
        _heads ??= connection.Prepare(
            "SELECT rank, seq FROM job INDEXED BY job_ready WHERE phase = 0 AND holds = 0 AND kind = ? ORDER BY rank, seq LIMIT ?");
        for (_heads.Bind(1, kind).Bind(2, count); _heads.Step();) heads.Add(new(_heads.Int64(0), _heads.Int64(1), null));
        _heads.Reset();
    }

    /// <summary>The jobs of some kinds that runners hold: the first by rank and order of arrival.</summary>
    public IReadOnlyList<long> HeldBy(IReadOnlyList<RunnerId> runners, IReadOnlyCollection<string> kinds, int count)
    {
        _held ??= connection.Prepare(
            "SELECT rank, seq FROM job INDEXED BY job_held WHERE phase > 0 AND phase < 5 AND runner = ? AND kind = ? ORDER BY rank, seq LIMIT ?");
        List<(long Rank, long Seq)> heads = [];
        foreach (var runner in runners)
            foreach (string kind in kinds) Collect(_held.Bind(1, runner.Text).Bind(2, kind).Bind(3, count), heads);
        return First(heads, count);
    }

    /// <summary>Whether a session has a live job that arrived before one (or any, where it has not arrived yet).</summary>
    public bool IsBehind(string session, string owner)
    {
        _sessionHead ??= connection.Prepare("SELECT 1 FROM job INDEXED BY job_in_session WHERE session = ? AND owner = ? AND phase < 5 LIMIT 1");
        bool behind = _sessionHead.Bind(1, session).Bind(2, owner).Step();
        _sessionHead.Reset();
        return behind;
    }

    /// <summary>Puts a job that is queued again where it belongs in its session.</summary>
    public void SettleInSession(long seq)
    {
        _settle ??= connection.Prepare(
            "UPDATE OR FAIL job SET holds = (holds & ~2) | CASE WHEN EXISTS (SELECT 1 FROM job AS head INDEXED BY job_in_session " +
            "WHERE head.session = job.session AND head.owner = job.owner AND head.phase < 5 AND head.seq < job.seq) THEN 2 ELSE 0 END " +
            "WHERE seq = ? AND phase = 0");
        _settle.Bind(1, seq).Run();
    }

    /// <summary>Lets the first of a session into line, after the one before it has ended.</summary>
    public void ReleaseNext(long ended, List<JobHint> hints)
    {
        _release ??= connection.Prepare(
            "UPDATE OR FAIL job SET holds = holds & ~2 WHERE seq = " +
            "(SELECT next.seq FROM job AS ended CROSS JOIN job AS next INDEXED BY job_in_session " +
            "WHERE ended.seq = ? AND next.session = ended.session AND next.owner = ended.owner AND next.phase < 5 ORDER BY next.seq LIMIT 1) " +
            "AND (holds & 2) <> 0 RETURNING id, version, holds");
        _release.Bind(1, ended);
        CollectHints(_release, hints);
    }

    private static void Collect(SqliteStatement statement, List<(long Rank, long Seq)> heads)
    {
        while (statement.Step()) heads.Add((statement.Int64(0), statement.Int64(1)));
        statement.Reset();
    }

    private static long[] First(List<(long Rank, long Seq)> heads, int count)
    {
        heads.Sort();
        var seqs = new long[Math.Min(count, heads.Count)];
        for (int i = 0; i < seqs.Length; i++) seqs[i] = heads[i].Seq;
        return seqs;
    }

    private static void CollectHints(SqliteStatement statement, List<JobHint> hints)
    {
        while (statement.Step()) hints.Add(new(statement.Id(0), statement.Int64(1), Ready: statement.Int64(2) == 0));
        statement.Reset();
    }
}
