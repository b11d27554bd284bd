using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// Who holds what.
public sealed partial class PostgreSqlJobStore
{
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
}
