using System.Text;

namespace Errand.Sqlite;

/// <summary>
/// Writes edges to jobs, each by one guarded update: what is written and what must hold come from the transition, and the statement for each
/// combination is prepared once.
/// </summary>
internal sealed class JobUpdates(SqliteConnection connection)
{
    private const int FencedBit = 1 << 28, VersionedBit = 1 << 29, MovesBit = 1 << 30, StrayBit = 1 << 27,
        FromLineBit = 1 << 26;

    // A job's rank follows from its time and its priority; only the row knows the latter.
    private static readonly long StepOfPriority = Job.RankOf(DateTimeOffset.UnixEpoch, priority: 1);

    private readonly Dictionary<int, SqliteStatement> _statements = [];

    /// <summary>Writes an edge if the guards hold.</summary>
    /// <param name="id">The job.</param>
    /// <param name="transition">The transition.</param>
    /// <param name="edge">The edge.</param>
    /// <param name="from">The phases that it may start from.</param>
    /// <param name="fromLine">Whether the job leaves the line of a cap.</param>
    /// <returns>What the job is after the write; nothing where a guard did not hold or there is no such job.</returns>
    public WrittenJob? TryWrite(JobId id, JobTransition transition, JobEdge edge, JobPhases from, bool fromLine)
    {
        bool stray = (edge.Change.Fields & JobFields.FinishedAt) != 0 && JobBinding.EndsBefore(id, edge.Change.FinishedAt);
        var statement = StatementFor(edge, transition, stray, fromLine);
        int next = Bind(statement, edge, transition.At);
        statement.Bind(next++, id).Bind(next++, (long)from);
        if (transition.Fence is { } fence) statement.Bind(next++, fence.Runner.Text).Bind(next++, fence.Attempt);
        if (transition.ExpectedVersion is { } version) statement.Bind(next, version);
        try
        {
            if (!statement.Step()) return null;
            return new(statement.Int64(0), statement.Int64(1), statement.Int64(2) != 0, statement.Int64(3) != 0, statement.Int64(4) != 0)
            {
                Caps = statement.IsNull(5) ? [] : StoredCap.Read(statement.Utf8(5)),
                WaitsForCap = statement.TextOrNull(6),
            };
        }
        finally
        {
            statement.Reset();
        }
    }

    private SqliteStatement StatementFor(JobEdge edge, JobTransition transition, bool stray, bool fromLine)
    {
        int shape = (int)edge.Change.Fields;
        if (edge.To is not null) shape |= MovesBit;
        if (transition.Fence is not null) shape |= FencedBit;
        if (transition.ExpectedVersion is not null) shape |= VersionedBit;
        if (stray) shape |= StrayBit;
        if (fromLine) shape |= FromLineBit;
        if (!_statements.TryGetValue(shape, out var statement)) _statements.Add(shape, statement = connection.Prepare(Sql(shape)));
        return statement;
    }

    private static int Bind(SqliteStatement statement, JobEdge edge, DateTimeOffset at)
    {
        var change = edge.Change;
        bool Sets(JobFields field) => (change.Fields & field) != 0;
        int next = 1;
        statement.Bind(next++, at);
        if (edge.To is { } phase) statement.Bind(next++, (long)phase);
        if (Sets(JobFields.Runner)) statement.Bind(next++, change.Runner?.Text);
        if (Sets(JobFields.StartedAt)) statement.Bind(next++, change.StartedAt);
        if (Sets(JobFields.PromotedAt)) statement.Bind(next++, change.PromotedAt);
        if (Sets(JobFields.FinishedAt)) statement.Bind(next++, change.FinishedAt);
        if (Sets(JobFields.Due))
        {
            var due = change.Due.At;
            statement.Bind(next++, due).Bind(next++, Job.RankOf(due, priority: 0)).Bind(next++, change.Due.IsFuture ? (long)JobHolds.Future : 0);
        }
        if (Sets(JobFields.InLine)) statement.Bind(next++, change.InLineFrom).Bind(next++, Job.RankOf(change.InLineFrom, priority: 0));
        if (Sets(JobFields.Progress)) statement.BindProgress(Take(ref next, 3), change.Progress);
        if (Sets(JobFields.CancelRequest)) statement.BindCancel(Take(ref next, 3), change.CancelRequest);
        if (Sets(JobFields.Checkpoint)) statement.Bind(next++, change.Checkpoint);
        if (Sets(JobFields.Inputs)) statement.BindInputs(next++, change.Inputs);
        if (Sets(JobFields.Outcome)) statement.BindOutcome(next++, next++, next++, change.Outcome);
        if (Sets(JobFields.DeadLetter)) statement.Bind(next++, change.DeadLetter ? 1L : null);
        return next;
    }

    private static int Take(ref int next, int count)
    {
        int first = next;
        next += count;
        return first;
    }

    // OR FAIL: with the default, OR ABORT, SQLite would copy every page that it touches in case it must undo half a statement. An update of
    // one row has no half: its constraints are checked before anything is written.
    private static string Sql(int shape)
    {
        bool Has(int bit) => (shape & bit) != 0;
        bool Sets(JobFields field) => Has((int)field);
        var sql = new StringBuilder("UPDATE OR FAIL job SET version = version + 1, last_activity_at = ?");
        if (Has(MovesBit)) sql.Append(", phase = ?");
        if (Sets(JobFields.Runner)) sql.Append(", runner = ?");
        if (Sets(JobFields.NextAttempt)) sql.Append(", attempt = attempt + 1");
        if (Sets(JobFields.StartedAt)) sql.Append(", started_at = ?");
        if (Sets(JobFields.PromotedAt)) sql.Append(", promoted_at = ?");
        if (Sets(JobFields.FinishedAt)) sql.Append(", finished_at = ?");
        if (Sets(JobFields.Due)) sql.Append($", scheduled_at = ?, rank = ? + priority * {StepOfPriority}, holds = ?, waits_for = NULL");
        if (Sets(JobFields.InLine))
            sql.Append($", scheduled_at = max(scheduled_at, ?), rank = max(rank, ? + priority * {StepOfPriority}), holds = holds & ~16");
        if (Sets(JobFields.Progress)) sql.Append(", progress_current = ?, progress_total = ?, progress_message = ?");
        if (Sets(JobFields.CancelRequest)) sql.Append(", cancel_at = ?, cancel_by = ?, cancel_force = ?");
        if (Sets(JobFields.Checkpoint)) sql.Append(", checkpoint = ?");
        if (Sets(JobFields.Inputs)) sql.Append(", inputs = ?");
        if (Sets(JobFields.Outcome)) sql.Append(", outcome = ?, details = ?, result = ?");
        if (Sets(JobFields.DeadLetter)) sql.Append(", dead = ?");
        if (Has(StrayBit)) sql.Append(", stray = 1");
        if (Has(FromLineBit)) sql.Append(", holds = 0, waits_for = NULL");
        sql.Append(" WHERE id = ? AND ((1 << phase) & ?) <> 0");
        if (Has(FencedBit)) sql.Append(" AND runner IS ? AND attempt = ?");
        if (Has(VersionedBit)) sql.Append(" AND version = ?");
        return sql.Append(" RETURNING seq, version, session IS NOT NULL, dependents IS NOT NULL, pending IS NOT NULL, caps, waits_for").ToString();
    }
}

/// <summary>A job that was written.</summary>
/// <param name="Seq">Its place in the order of arrival.</param>
/// <param name="Version">Its version after the write.</param>
/// <param name="InSession">Whether it is in a session.</param>
/// <param name="HasDependents">Whether others start after it, or did.</param>
/// <param name="HasParents">Whether it was to start after others.</param>
internal readonly record struct WrittenJob(long Seq, long Version, bool InSession, bool HasDependents, bool HasParents)
{
    /// <summary>The caps that it stands under.</summary>
    public required IReadOnlyList<JobCap> Caps { get; init; }

    /// <summary>The cap in whose line it stands.</summary>
    public string? WaitsForCap { get; init; }
}
