using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// How jobs change.
public sealed partial class PostgreSqlJobStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default)
    {
        var answers = new ApplyResult?[writes.Count];
        // Rows are locked in one order, so that two batches do not wait for each other in a circle. A job's own writes stay in theirs.
        int[] left = [.. Enumerable.Range(0, writes.Count).OrderBy(i => writes[i].Id)];
        while (left.Length > 0)
        {
            Tell(await ApplyAsync(writes, left, answers, cancellationToken));
            // What fits although it was not written was caught on its way from one edge to the other.
            left = [.. left.Where(i => answers[i] is null)];
        }
        return [.. answers.Select(answer => answer!.Value)];
    }

    private async Task<List<JobHint>> ApplyAsync(
        IReadOnlyList<JobWrite> writes, int[] left, ApplyResult?[] answers, CancellationToken cancellationToken)
    {
        JobId[] moving = [.. left.Where(i => writes[i].Transition.Edges.Any(MovesOthers)).Select(i => writes[i].Id)];
        List<NpgsqlBatchCommand> statements = [.. left.Select(i => WriteStatement.Apply(_statements, writes[i]))];
        if (moving.Length > 0)
        {
            statements.Insert(0, _statements.LockSessionsAndCapsOf(moving));
            statements.Add(_statements.LetNextIn(moving));
        }
        return await _connections.QueryAsync(statements, async reader =>
        {
            List<JobHint> hints = [];
            if (moving.Length > 0) await reader.NextResultAsync(cancellationToken);
            foreach (int i in left)
            {
                await reader.ReadAsync(cancellationToken);
                answers[i] = ReadAnswer(reader, writes[i].Transition);
                if (answers[i] is { Status: ApplyStatus.Applied, Version: var version })
                {
                    var hint = HintOf(writes[i].Id, version, (JobPhase)reader.GetInt16(2), (JobHolds)reader.GetInt16(3));
                    hints.Add(hint with { Ready = hint.Ready || reader.GetBoolean(4) });
                }
                await reader.NextResultAsync(cancellationToken);
            }
            if (moving.Length > 0) hints.AddRange(await reader.RowsAsync(ReadHintOfOther, cancellationToken));
            return hints;
        }, cancellationToken);
    }

    private static bool MovesOthers(JobEdge edge) => WriteStatement.MovesSession(edge) || WriteStatement.MovesCaps(edge);

    private static JobHint ReadHintOfOther(NpgsqlDataReader row) =>
        row.GetBoolean(0) ? new(JobId.Parse(row.GetString(1)), 0, Ready: false, Releases: true) : ReadHint(row, 1);

    /// <summary>The answer to a write; none if nothing was written although it fits.</summary>
    private static ApplyResult? ReadAnswer(NpgsqlDataReader row, JobTransition transition)
    {
        if (!row.IsDBNull(0)) return new(ApplyStatus.Applied, transition.Edges[row.GetInt32(0)], row.GetInt64(1));
        if (row.IsDBNull(5)) return new(ApplyStatus.Unknown);
        var job = JobRow.Read(row, 5);
        var status = transition.Judge(job);
        return status == ApplyStatus.Applied ? null : new(status, null, job.Version, job);
    }
}
