using System.Globalization;
using System.Text;
using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>
/// A transition as one statement: a guarded UPDATE for each edge, the lines of history and the entry in the feed. All edges see the rows as
/// they were before the statement, so that at most one of them is written, and none after another.
/// </summary>
internal sealed class WriteStatement
{
    // A job's rank follows from its time and its priority; only the row knows the latter.
    private static readonly long StepOfPriority = Job.RankOf(DateTimeOffset.UnixEpoch, priority: 1);

    private readonly Statements _statements;
    private readonly JobTransition _transition;
    private readonly StringBuilder _text = new("WITH ");
    private readonly List<NpgsqlParameter> _parameters = [];
    private string _opens = "false";

    private WriteStatement(Statements statements, JobTransition transition)
    {
        _statements = statements;
        _transition = transition;
    }

    /// <summary>
    /// Answers with one row: the edge, and the version, the phase and the holds after the write, and whether a cap lets somebody start now; or
    /// else the job as it is, where there is one.
    /// </summary>
    public static NpgsqlBatchCommand Apply(Statements statements, JobWrite write)
    {
        var statement = new WriteStatement(statements, write.Transition);
        string id = statement.Add(Parameters.Id(write.Id));
        statement.AppendEdges(write.Transition.Edges, $"id = {id}{statement.Guard(write.Transition.Fence)}", countsCaps: true);
        return statement.Ended($"""
            SELECT w.edge, w.version, w.phase, w.holds, {statement._opens}, {JobRow.ColumnsOf("j.")} FROM (VALUES (1)) AS one
            LEFT JOIN written w ON true LEFT JOIN {statements.Schema}.job j ON j.id = {id} AND w.edge IS NULL
            """);
    }

    /// <summary>Answers with the job after the write, if the lapsed runner still held it.</summary>
    public static NpgsqlBatchCommand Adopt(Statements statements, JobId id, JobFence lapsed, JobTransition adopt)
    {
        var statement = new WriteStatement(statements, adopt);
        statement.AppendEdges(adopt.Edges, $"id = {statement.Add(Parameters.Id(id))}{statement.Guard(lapsed)}");
        return statement.Ended($"SELECT {JobRow.Columns} FROM written");
    }

    /// <summary>
    /// Takes the first jobs in line that nobody else is taking, up to the first one under a cap; none while there is something to adopt, or
    /// somebody may start from the line of a cap. Each row says first how many were in view, and whether a cap has a say; there is one even if
    /// none was taken.
    /// </summary>
    /// <remarks>
    /// The heads of the kinds' lines are merged first and locked then, so that a long line of a kind that was not asked for is never read. Of
    /// those in view all may be in other hands; whoever gets too few of a full view looks further.
    /// </remarks>
    public static NpgsqlBatchCommand Start(Statements statements, ClaimRequest request, int count, int view, bool unlessOrphans, JobTransition start)
    {
        var statement = new WriteStatement(statements, start);
        string table = $"{statements.Schema}.job";
        string kinds = statement.Add(Parameters.Texts(request.Kinds.Distinct())), runner = statement.Add(Parameters.Text(request.Runner.Text));
        string most = statement.Add(Parameters.Integer(count)), inView = statement.Add(Parameters.Integer(view));
        string asked = statements.NotPaused(kinds), now = statement.Add(Parameters.Ticks(request.Now));
        string condition = statements.NotLapsed(runner) + (unlessOrphans ? $" AND NOT EXISTS ({statements.OrphansOf(kinds)})" : "");
        statement._text.Append(CultureInfo.InvariantCulture, $"""
            capped AS MATERIALIZED (SELECT {statements.Caps.AnyToStart(asked, now)} AS waiting),
            line AS MATERIALIZED (
                SELECT head.* FROM {asked} CROSS JOIN LATERAL ({statements.Heads(inView)}) AS head
                WHERE {condition} AND NOT (SELECT waiting FROM capped) ORDER BY rank, seq LIMIT {inView}),
            first AS MATERIALIZED (SELECT rank, seq FROM line WHERE caps IS NOT NULL ORDER BY rank, seq LIMIT 1),

            """);
        // The sum is zero where both are; said so, it cannot lead the planner into reading the whole line for the few that are in view.
        statement.AppendEdges([start.EdgeFrom(JobPhase.Queued)!], $"""
            id = ANY(ARRAY(
                SELECT id FROM {table} WHERE id = ANY(ARRAY(
                    SELECT id FROM line WHERE COALESCE((rank, seq) < (SELECT rank, seq FROM first), true))) AND phase + holds = 0
                ORDER BY rank, seq LIMIT {most} FOR UPDATE SKIP LOCKED))
            """);
        return statement.Ended($"""
            SELECT (SELECT count(*) FROM line), EXISTS (SELECT FROM first) OR (SELECT waiting FROM capped), {JobRow.ColumnsOf("w.")}
            FROM (VALUES (1)) AS one LEFT JOIN written w ON true
            ORDER BY w.rank, w.seq
            """);
    }

    /// <summary>Starts jobs that this transaction has locked and whose caps it counts itself. Answers with them as they are then.</summary>
    public static NpgsqlBatchCommand StartLocked(Statements statements, IEnumerable<JobId> ids, JobTransition start)
    {
        var statement = new WriteStatement(statements, start);
        statement.AppendEdges([start.EdgeFrom(JobPhase.Queued)!], $"id = ANY({statement.Add(Parameters.Ids(ids))})", outOfCap: true);
        return statement.Ended($"SELECT {JobRow.Columns} FROM written ORDER BY rank, seq");
    }

    /// <summary>Whether an edge may change what a job takes of its caps.</summary>
    public static bool MovesCaps(JobEdge edge) => CapShares(edge).Any(share => share.Running != 0 || share.Queued != 0);

    /// <summary>Whether an edge may change who is first in a session's line.</summary>
    public static bool MovesSession(JobEdge edge) =>
        edge.To is JobPhase.Queued || edge.To?.IsTerminal() == true || (edge.Change.Fields & JobFields.Due) != 0;

    private void AppendEdges(IReadOnlyList<JobEdge> edges, string which, bool countsCaps = false, bool outOfCap = false)
    {
        string table = $"{_statements.Schema}.job", at = Add(Parameters.Time(_transition.At));
        List<string> written = [];
        bool movesCaps = false;
        for (int i = 0; i < edges.Count; i++)
            foreach (var (phases, running, queued) in CapShares(edges[i]))
            {
                // In the phases of Already there is nothing to do, even if an edge starts there.
                string from = ((int)(phases & ~_transition.Already)).ToString(CultureInfo.InvariantCulture), name = $"edge{written.Count}";
                _text.Append(CultureInfo.InvariantCulture, $"{name} AS (UPDATE {table} SET version = version + 1, last_activity_at = {at}");
                AppendChange(edges[i]);
                if (outOfCap) _text.Append(CultureInfo.InvariantCulture, $", holds = holds & ~{Statements.Cap}, waits_for = NULL");
                _text.Append(CultureInfo.InvariantCulture, $" WHERE (1 << phase) & {from} <> 0 AND {which} RETURNING job.*),\n");
                written.Add(string.Create(
                    CultureInfo.InvariantCulture, $"SELECT {i} AS edge, {running} AS running, {queued} AS queued, {name}.* FROM {name}"));
                movesCaps |= running != 0 || queued != 0;
            }
        _text.Append("written AS (").AppendJoin(" UNION ALL ", written).Append("),\n");
        if (countsCaps && movesCaps)
        {
            _text.Append("counted AS (").Append(_statements.Caps.Count("written")).Append("),\n");
            _opens = "EXISTS (SELECT FROM counted WHERE open)";
        }
        AppendHistory(edges);
        _text.Append(CultureInfo.InvariantCulture, $"""
            fed AS (INSERT INTO {_statements.Schema}.change (job, version) SELECT id, version FROM written)

            """);
    }

    /// <summary>What an edge changes in the counts of a job's caps, for those of its phases in which the job counts alike.</summary>
    private static IEnumerable<(JobPhases From, int Running, int Queued)> CapShares(JobEdge edge)
    {
        if (edge.To is not { } to)
        {
            yield return (edge.From, 0, 0);
            yield break;
        }
        int running = JobPhases.Held.Has(to) ? 1 : 0, queued = to == JobPhase.Queued ? 1 : 0;
        if ((edge.From & JobPhases.Queued) is not 0 and var waiting) yield return (waiting, running, queued - 1);
        if ((edge.From & JobPhases.Held) is not 0 and var held) yield return (held, running - 1, queued);
        if ((edge.From & JobPhases.Ended) is not 0 and var ended) yield return (ended, running, queued);
    }

    private void AppendChange(JobEdge edge)
    {
        var change = edge.Change;
        if (edge.To is { } phase) Set("phase", Parameters.Small((int)phase));
        SetIf(JobFields.Runner, "runner", () => Parameters.Text(change.Runner?.Text));
        if ((change.Fields & JobFields.NextAttempt) != 0) _text.Append(", attempt = attempt + 1");
        SetIf(JobFields.StartedAt, "started_at", () => Parameters.Time(change.StartedAt));
        SetIf(JobFields.PromotedAt, "promoted_at", () => Parameters.Time(change.PromotedAt));
        SetIf(JobFields.FinishedAt, "finished_at", () => Parameters.Time(change.FinishedAt));
        SetIf(JobFields.FinishedAt, "expires_at", () => Parameters.Time(change.FinishedAt), " + keep_for");
        SetIf(JobFields.Due, "scheduled_at", () => Parameters.Time(change.Due.At));
        SetIf(JobFields.Due, "rank", () => Parameters.Number(Job.RankOf(change.Due.At, priority: 0)), $" + priority * {StepOfPriority}");
        AppendHolds(edge);
        if ((change.Fields & JobFields.InLine) != 0) AppendStart(change.InLineFrom);
        if ((change.Fields & JobFields.DeadLetter) != 0) _text.Append(change.DeadLetter ? ", dead = true" : ", dead = false");
        SetIf(JobFields.Progress, "progress", () => Parameters.Document(JobJson.Write(change.Progress, JobJson.Default.JobProgress)));
        SetIf(JobFields.CancelRequest, "cancel", () => Parameters.Document(JobJson.Write(change.CancelRequest, JobJson.Default.CancelRequest)));
        SetIf(JobFields.Checkpoint, "checkpoint", () => Parameters.Data(change.Checkpoint));
        SetIf(JobFields.Inputs, "inputs", () => Parameters.Document(JobJson.Write(change.Inputs, JobJson.Default.Inputs)));
        SetIf(JobFields.Outcome, "outcome", () => Parameters.Document(
            JobJson.Write(OutcomeDocument.Of(change.Outcome), JobJson.Default.OutcomeDocument)));
        SetIf(JobFields.Outcome, "result", () => Parameters.Data(change.Outcome?.Result ?? default));

        void SetIf(JobFields field, string column, Func<NpgsqlParameter> value, string more = "")
        {
            if ((change.Fields & field) != 0) Set(column, value(), more);
        }
    }

    private void AppendHolds(JobEdge edge)
    {
        bool scheduled = (edge.Change.Fields & JobFields.Due) != 0;
        if (!scheduled && edge.To is not JobPhase.Queued) return;
        string holds = scheduled ? Add(Parameters.Small((int)(edge.Change.Due.IsFuture ? JobHolds.Future : JobHolds.None))) : "holds";
        _text.Append(CultureInfo.InvariantCulture, $", holds = ({holds} & ~{Statements.Session}) | {Statements.SessionHold}");
        if (scheduled) _text.Append(", waits_for = NULL");
    }

    private void AppendStart(DateTimeOffset from)
    {
        string at = Add(Parameters.Time(from)), rank = Add(Parameters.Number(Job.RankOf(from, priority: 0)));
        _text.Append(CultureInfo.InvariantCulture,
            $", scheduled_at = GREATEST(scheduled_at, {at}), rank = GREATEST(rank, {rank} + priority * {StepOfPriority})");
        _text.Append(CultureInfo.InvariantCulture, $", holds = holds & ~{Statements.Start}");
    }

    private void AppendHistory(IReadOnlyList<JobEdge> edges)
    {
        var lines = edges.SelectMany((edge, i) => edge.Events.Select((line, n) => Line(i, n, line))).ToList();
        if (lines.Count == 0) return;
        _text.Append(CultureInfo.InvariantCulture, $"""
            lines AS (INSERT INTO {_statements.Schema}.history (job, version, line, at, name, by, detail, attempt)
                SELECT id, w.version, l.line, l.at, l.name, l.by, l.detail, l.attempt
                FROM written w JOIN (VALUES {string.Join(", ", lines)}) AS l (edge, line, at, name, by, detail, attempt) ON l.edge = w.edge),

            """);
    }

    private string Line(int edge, int number, JobEvent line)
    {
        string at = Add(Parameters.Time(line.At)), name = Add(Parameters.Text(line.Name)), by = Add(Parameters.Text(line.By));
        string detail = Add(Parameters.Text(line.Detail)), attempt = Add(Parameters.Integer(line.Attempt));
        return string.Create(CultureInfo.InvariantCulture, $"({edge}, {number}, {at}, {name}, {by}, {detail}, {attempt})");
    }

    private string Guard(JobFence? fence)
    {
        string guard = "";
        if (fence is { } held)
        {
            string runner = Add(Parameters.Text(held.Runner.Text)), attempt = Add(Parameters.Integer(held.Attempt));
            guard = $" AND runner IS NOT DISTINCT FROM {runner} AND attempt = {attempt}";
        }
        if (_transition.ExpectedVersion is { } version) guard += $" AND version = {Add(Parameters.Number(version))}";
        return guard;
    }

    private void Set(string column, NpgsqlParameter value, string more = "") =>
        _text.Append(CultureInfo.InvariantCulture, $", {column} = {Add(value)}{more}");

    private string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    private NpgsqlBatchCommand Ended(string answer) => Statements.New(_text.Append(answer).ToString(), _parameters);
}
