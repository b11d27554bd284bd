using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// Who holds what.
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
        while (started.Count + adopted.Count < count && (!isLookedAt || found.InView == view))
        {
            if (isLookedAt) view = Math.Min(view, int.MaxValue / ViewPerJob) * ViewPerJob;
            found = await StartAsync(request, count - started.Count - adopted.Count, view, unlessOrphans: false, cancellationToken);
            started.AddRange(found.Started);
            isLookedAt = true;
        }
        return new(started, adopted, found.NextDue);
    }

    /// <inheritdoc/>
    public async ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        await _connections.QueryAsync(
            [_statements.Beat(beat), _statements.HeldBy(beat.Runner), _statements.OtherRunners(beat.Runner)],
            async reader =>
            {
                if (!await reader.ReadAsync(cancellationToken)) return new HeartbeatResult(true, [], []);
                var held = await reader.NextRowsAsync(ReadHeld, cancellationToken);
                return new HeartbeatResult(false, held, await reader.NextRowsAsync(ReadBeat, cancellationToken));
            }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default)
    {
        var (now, before) = await _connections.ScalarAsync(
            _statements.Lapse(runner, seenBeat), row => (row.GetBoolean(0), row.GetBoolean(1)), cancellationToken);
        if (now) Tell([DoorbellMessage.Something]);
        return now || before;
    }

    private async Task<Line> StartAsync(ClaimRequest request, int count, int view, bool unlessOrphans, CancellationToken cancellationToken)
    {
        NpgsqlBatchCommand[] statements =
        [
            _statements.LetDueIn(request.Now),
            _statements.Orphans(request.Runner, request.Kinds, count),
            WriteStatement.Start(_statements, request, count, view, unlessOrphans, JobTransition.Start(request.Runner, request.Now)),
            _statements.NextDue(),
        ];
        var (hints, line) = await _connections.QueryAsync(statements, async reader =>
        {
            var hints = await reader.RowsAsync(ReadHint, cancellationToken);
            var orphans = await reader.NextRowsAsync(ReadOrphan, cancellationToken);
            var started = await reader.NextRowsAsync(row => (row.GetInt64(0), row.IsDBNull(1) ? null : JobRow.Read(row, 1)), cancellationToken);
            var nextDue = (await reader.NextRowsAsync(row => JobRow.Time(row, 0), cancellationToken)).Single();
            return (hints, new Line(orphans, [.. started.Select(row => row.Item2).OfType<Job>()], started[0].Item1, nextDue));
        }, cancellationToken);
        Tell([.. hints, .. line.Started.Select(HintOf)]);
        return line;
    }

    /// <summary>Takes over what lapsed runners still hold. A write carries the fence of the one that held the job, so that one taker wins.</summary>
    private async Task<List<Job>> AdoptAsync(ClaimRequest request, List<Orphan> orphans, CancellationToken cancellationToken)
    {
        if (orphans.Count == 0) return [];
        List<NpgsqlBatchCommand> statements =
        [
            // Rows are locked in the order in which a batch of writes locks them.
            .. orphans.OrderBy(orphan => orphan.Id).Select(orphan => WriteStatement.Adopt(
                _statements, orphan.Id, orphan.Fence, JobTransition.Adopt(request.Runner, orphan.Fence.Runner, request.Now))),
        ];
        var adopted = await _connections.QueryAsync(statements, async reader =>
        {
            var jobs = await reader.RowsAsync(row => JobRow.Read(row), cancellationToken);
            while (await reader.NextResultAsync(cancellationToken)) jobs.AddRange(await reader.RowsAsync(row => JobRow.Read(row), cancellationToken));
            return jobs.ToDictionary(job => job.Id);
        }, cancellationToken);
        Tell([.. adopted.Values.Select(HintOf)]);
        return [.. orphans.Where(orphan => adopted.ContainsKey(orphan.Id)).Select(orphan => adopted[orphan.Id])];
    }

    private static HeldJob ReadHeld(NpgsqlDataReader row) => new(JobId.Parse(row.GetString(0)), row.GetInt32(1), (JobPhase)row.GetInt16(2));

    private static Orphan ReadOrphan(NpgsqlDataReader row) =>
        new(JobId.Parse(row.GetString(0)), new(new(JobRow.Text(row, 1)!), row.GetInt32(2)));

    private static RunnerBeat ReadBeat(NpgsqlDataReader row) => new(
        new(JobRow.Text(row, 0)!), row.GetInt64(1),
        JobRow.Text(row, 2) is { } boot ? new(boot, row.GetInt32(3), row.GetInt64(4)) : null);

    private readonly record struct Orphan(JobId Id, JobFence Fence);

    /// <summary>What a look at the line gave: what was taken, out of how many, unless there were orphans to see to first.</summary>
    private sealed record Line(List<Orphan> Orphans, List<Job> Started, long InView, DateTimeOffset? NextDue);
}
