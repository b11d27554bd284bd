using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// Who holds what.
public sealed partial class PostgreSqlJobStore
{
    /// <inheritdoc/>
    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        var (orphans, started, nextDue) = await StartAsync(request, request.Count, unlessOrphans: true, cancellationToken);
        List<Job> adopted = [];
        if (orphans.Count > 0)
        {
            adopted = await AdoptAsync(request, orphans, cancellationToken);
            int left = request.Count - adopted.Count;
            if (left > 0) (_, started, nextDue) = await StartAsync(request, left, unlessOrphans: false, cancellationToken);
        }
        return new(started, adopted, nextDue);
    }

    /// <inheritdoc/>
    public async ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        await _connections.QueryAsync(
            [_statements.Beat(beat), _statements.HeldBy(beat.Runner), _statements.OtherRunners(beat.Runner)],
            async reader =>
            {
                if (!await reader.ReadAsync(cancellationToken)) return new HeartbeatResult(true, [], []);
                var held = await reader.NextRowsAsync(row => new HeldJob(JobId.Parse(row.GetString(0)), (JobPhase)row.GetInt16(1)), cancellationToken);
                return new HeartbeatResult(false, held, await reader.NextRowsAsync(ReadBeat, cancellationToken));
            }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default)
    {
        var (now, before) = await _connections.ScalarAsync(
            _statements.Lapse(runner, seenBeat, _time.GetUtcNow()), row => (row.GetBoolean(0), row.GetBoolean(1)), cancellationToken);
        if (now) Tell([HintPayload.Something]);
        return now || before;
    }

    private async Task<(List<JobFenced> Orphans, List<Job> Started, DateTimeOffset? NextDue)> StartAsync(
        ClaimRequest request, int count, bool unlessOrphans, CancellationToken cancellationToken)
    {
        NpgsqlBatchCommand[] statements =
        [
            _statements.LetDueIn(request.Now),
            _statements.Orphans(request.Runner, request.Kinds, count),
            WriteStatement.Start(_statements, request, count, unlessOrphans, JobTransition.Start(request.Runner, request.Now)),
            _statements.NextDue(),
        ];
        List<JobHint> hints = [];
        var answer = await _connections.QueryAsync(statements, async reader =>
        {
            hints = await reader.RowsAsync(ReadHint, cancellationToken);
            var orphans = await reader.NextRowsAsync(ReadOrphan, cancellationToken);
            var started = await reader.NextRowsAsync(row => JobReader.Read(row), cancellationToken);
            return (orphans, started, (await reader.NextRowsAsync(row => JobReader.Time(row, 0), cancellationToken)).Single());
        }, cancellationToken);
        Tell([.. hints, .. answer.started.Select(HintOf)]);
        return answer;
    }

    /// <summary>Takes over what lapsed runners still hold. Each write carries the fence of the runner that held the job, so that one taker wins.</summary>
    private async Task<List<Job>> AdoptAsync(ClaimRequest request, List<JobFenced> orphans, CancellationToken cancellationToken)
    {
        List<NpgsqlBatchCommand> statements =
        [
            // Rows are locked in the order in which a batch of writes locks them.
            .. orphans.OrderBy(orphan => orphan.Id).Select(orphan => WriteStatement.Adopt(
                _statements, orphan.Id, orphan.Fence, JobTransition.Adopt(request.Runner, orphan.Fence.Runner, request.Now))),
        ];
        var adopted = await _connections.QueryAsync(statements, async reader =>
        {
            var jobs = await reader.RowsAsync(row => JobReader.Read(row), cancellationToken);
            while (await reader.NextResultAsync(cancellationToken)) jobs.AddRange(await reader.RowsAsync(row => JobReader.Read(row), cancellationToken));
            return jobs.ToDictionary(job => job.Id);
        }, cancellationToken);
        Tell([.. adopted.Values.Select(HintOf)]);
        return [.. orphans.Where(orphan => adopted.ContainsKey(orphan.Id)).Select(orphan => adopted[orphan.Id])];
    }

    private static JobFenced ReadOrphan(NpgsqlDataReader row) =>
        new(JobId.Parse(row.GetString(0)), new(new(JobReader.Text(row, 1)!), row.GetInt32(2)));

    private static RunnerBeat ReadBeat(NpgsqlDataReader row) => new(
        new(JobReader.Text(row, 0)!), row.GetInt64(1),
        JobReader.Text(row, 2) is { } boot ? new(boot, row.GetInt32(3), row.GetInt64(4)) : null);

    private readonly record struct JobFenced(JobId Id, JobFence Fence);
}
