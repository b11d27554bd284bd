using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// How jobs are taken: by one statement up to the first that stands under a cap, and from there on by a transaction that counts.
public sealed partial class PostgreSqlJobStore
{
    // How far into the line a claim looks at first: past what a few others may be taking at the same moment.
    private const int FirstView = 64;
    private const int ViewPerJob = 4;

    /// <inheritdoc/>
    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        int count = Math.Max(request.Count, 0), view = Math.Max(FirstView, count * ViewPerJob);
        var found = await StartAsync(request, count, view, unlessOrphans: true, cancellationToken);
        List<Job> started = found.Started, adopted = await AdoptAsync(request, found.Orphans, cancellationToken);
        // Where there were orphans, the line was not looked at yet; where all in view were in other hands, the next look goes further.
        bool isLookedAt = found.Orphans.Count == 0;
        while (started.Count + adopted.Count < count && (!isLookedAt || found.HasCaps || found.InView >= view))
        {
            int left = count - started.Count - adopted.Count;
            if (found.HasCaps && isLookedAt)
            {
                found = await StartUnderCapsAsync(request, left, view, found.NextDue, cancellationToken);
                view = Wider(view);
            }
            else
            {
                if (isLookedAt) view = Wider(view);
                found = await StartAsync(request, left, view, unlessOrphans: false, cancellationToken);
            }
            started.AddRange(found.Started);
            isLookedAt = true;
        }
        return new(started, adopted, found.NextDue);
    }

    private static int Wider(int view) => Math.Min(view, int.MaxValue / ViewPerJob) * ViewPerJob;

    private async Task<Line> StartAsync(ClaimRequest request, int count, int view, bool unlessOrphans, CancellationToken cancellationToken)
    {
        NpgsqlBatchCommand[] statements =
        [
            _statements.LetDueIn(request.Now),
            _statements.Orphans(request.Runner, request.Kinds, count),
            WriteStatement.Start(_statements, request, count, view, unlessOrphans, JobTransition.Start(request.Runner, request.Now)),
            _statements.NextDue(request.Now),
        ];
        var (hints, line) = await _connections.QueryAsync(statements, async reader =>
        {
            var hints = await reader.RowsAsync(ReadHint, cancellationToken);
            var orphans = await reader.NextRowsAsync(ReadOrphan, cancellationToken);
            var started = await reader.NextRowsAsync(
                row => (InView: row.GetInt64(0), HasCaps: row.GetBoolean(1), Job: row.IsDBNull(2) ? null : JobRow.Read(row, 2)), cancellationToken);
            var nextDue = (await reader.NextRowsAsync(ReadNextDue, cancellationToken)).Single();
            return (hints, new Line(orphans, [.. started.Select(row => row.Job).OfType<Job>()], started[0].InView, started[0].HasCaps, nextDue));
        }, cancellationToken);
        Tell([.. hints, .. line.Started.Select(HintOf)]);
        return line;
    }

    private async Task<Line> StartUnderCapsAsync(
        ClaimRequest request, int count, int view, DateTimeOffset? nextDue, CancellationToken cancellationToken)
    {
        var line = await _connections.RunAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var (candidates, caps, lastInView, inView) = await LockCandidatesAsync(connection, request, count, view, cancellationToken);
            var plan = new StartPlan(request.Now, count, caps, lastInView);
            foreach (var job in candidates) plan.Decide(job);
            List<Job> started = [];
            var batch = new StatementBatch();
            if (plan.Moves.Count > 0) batch.Do(_statements.Caps.HoldAt(plan.Moves));
            if (plan.Starts.Count > 0)
            {
                batch.Ask(WriteStatement.StartLocked(_statements, plan.Starts, JobTransition.Start(request.Runner, request.Now)),
                    row => started.Add(JobRow.Read(row)));
            }
            if (caps.Count > 0) batch.Do(_statements.Caps.Write(caps.Values));
            batch.Ask(_statements.NextDue(request.Now), row => nextDue = ReadNextDue(row));
            await batch.RunAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            // As long as somebody moves there may be others behind; nobody moves for ever, because within a claim caps only fill.
            return new Line([], started, inView, HasCaps: plan.Moves.Count + plan.Starts.Count > 0 || inView >= view, nextDue);
        }, cancellationToken);
        Tell([.. line.Started.Select(HintOf)]);
        return line;
    }

    private async Task<(List<Job> Candidates, Dictionary<string, CapRow> Caps, HashSet<JobId> LastInView, int InView)> LockCandidatesAsync(
        NpgsqlConnection connection, ClaimRequest request, int count, int view, CancellationToken cancellationToken)
    {
        List<JobId> ids = [];
        HashSet<string> names = [];
        HashSet<JobId> lastInView = [];
        var look = new StatementBatch();
        look.Ask(_statements.Candidates(request, count, view), row =>
        {
            ids.Add(JobId.Parse(row.GetString(0)));
            if (row.GetBoolean(2)) lastInView.Add(ids[^1]);
            if (!row.IsDBNull(1)) names.UnionWith(row.GetFieldValue<string[]>(1).Select(StoredText.Decode));
        });
        await look.RunAsync(connection, cancellationToken);

        List<Job> candidates = [];
        Dictionary<string, CapRow> caps = [];
        if (ids.Count == 0) return (candidates, caps, lastInView, 0);
        var locks = new StatementBatch();
        if (names.Count > 0) locks.Ask(_statements.Caps.Lock(names), row => NoteCap(CapRow.Read(row)));
        locks.Ask(_statements.LockCandidates(ids), row => candidates.Add(JobRow.Read(row)));
        await locks.RunAsync(connection, cancellationToken);
        return (candidates, caps, lastInView, ids.Count);

        void NoteCap(CapRow cap) => caps.Add(cap.Name, cap);
    }

    private static DateTimeOffset? ReadNextDue(NpgsqlDataReader row)
    {
        var due = JobRow.Time(row, 0);
        DateTimeOffset? free = row.IsDBNull(1) ? null : new(row.GetInt64(1), TimeSpan.Zero);
        return due < free ? due : free ?? due;
    }

    /// <summary>
    /// What a look at the line gave: what was taken, out of how many, unless there were orphans to see to first; and whether there may be more
    /// to take that stands under caps.
    /// </summary>
    private sealed record Line(List<Orphan> Orphans, List<Job> Started, long InView, bool HasCaps, DateTimeOffset? NextDue);
}
