using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// How jobs come in and change.
public sealed partial class PostgreSqlJobStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        foreach (var job in jobs) ArgumentNullException.ThrowIfNull(job, nameof(jobs));
        var answers = new Dictionary<JobId, AddResult>(jobs.Count);
        Job[] left = [.. jobs];
        while (left.Length > 0)
        {
            await InsertAsync(left, answers, cancellationToken);
            left = Unanswered();
            await FindExistingAsync(left, answers, cancellationToken);
            // What stood in the way of a job that is neither in nor there was removed in between.
            left = Unanswered();
        }
        var seen = new HashSet<JobId>(jobs.Count);
        return [.. jobs.Select(job => answers[job.Id] is var answer && seen.Add(job.Id) ? answer : answer with { Added = false })];

        Job[] Unanswered() => [.. left.Where(job => !answers.ContainsKey(job.Id))];
    }

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

    private async Task InsertAsync(Job[] jobs, Dictionary<JobId, AddResult> answers, CancellationToken cancellationToken)
    {
        Job[] ofSessions = [.. jobs.Where(job => job.Spec.Session is not null && !job.IsTerminal)];
        List<NpgsqlBatchCommand> statements = [InsertStatement.Insert(_statements, jobs)];
        if (ofSessions.Length > 0)
        {
            statements.Insert(0, _statements.LockSessions(ofSessions.Select(job => (job.Owner, job.Spec.Session!))));
            statements.Add(_statements.LetNextOfSessionsIn(ofSessions.Select(job => job.Id)));
        }
        var (added, letIn) = await _connections.QueryAsync(statements, async reader =>
        {
            if (ofSessions.Length > 0) await reader.NextResultAsync(cancellationToken);
            var added = await reader.RowsAsync(row => JobId.Parse(row.GetString(0)), cancellationToken);
            return (added.ToHashSet(), ofSessions.Length > 0 ? await reader.NextRowsAsync(ReadHint, cancellationToken) : []);
        }, cancellationToken);

        var hints = letIn.ToDictionary(hint => hint.Job);
        foreach (var job in jobs)
        {
            if (!added.Remove(job.Id)) continue;
            var stored = AsAdded(job, isFirst: hints.ContainsKey(job.Id));
            answers.Add(job.Id, new(true, stored));
            hints[job.Id] = HintOf(stored);
        }
        Tell(hints.Values);
    }

    private async Task FindExistingAsync(Job[] jobs, Dictionary<JobId, AddResult> answers, CancellationToken cancellationToken)
    {
        if (jobs.Length == 0) return;
        await _connections.QueryAsync([_statements.FindByKey(jobs), _statements.Find(jobs.Select(job => job.Id))], async reader =>
        {
            foreach (var (place, job) in await reader.RowsAsync(row => (row.GetInt64(0), JobRow.Read(row, 1)), cancellationToken))
                answers[jobs[place - 1].Id] = new(false, job);
            foreach (var job in await reader.NextRowsAsync(row => JobRow.Read(row), cancellationToken))
                answers[job.Id] = new(false, job);
            return true;
        }, cancellationToken);
    }

    private async Task<List<JobHint>> ApplyAsync(
        IReadOnlyList<JobWrite> writes, int[] left, ApplyResult?[] answers, CancellationToken cancellationToken)
    {
        JobId[] moving = [.. left.Where(i => writes[i].Transition.Edges.Any(WriteStatement.MovesSession)).Select(i => writes[i].Id)];
        List<NpgsqlBatchCommand> statements = [.. left.Select(i => WriteStatement.Apply(_statements, writes[i]))];
        if (moving.Length > 0)
        {
            statements.Insert(0, _statements.LockSessionsOf(moving));
            statements.Add(_statements.LetNextOfSessionsIn(moving));
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
                    hints.Add(HintOf(writes[i].Id, version, (JobPhase)reader.GetInt16(2), (JobHolds)reader.GetInt16(3)));
                await reader.NextResultAsync(cancellationToken);
            }
            if (moving.Length > 0) hints.AddRange(await reader.RowsAsync(ReadHint, cancellationToken));
            return hints;
        }, cancellationToken);
    }

    /// <summary>The answer to a write; none if nothing was written although it fits.</summary>
    private static ApplyResult? ReadAnswer(NpgsqlDataReader row, JobTransition transition)
    {
        if (!row.IsDBNull(0)) return new(ApplyStatus.Applied, transition.Edges[row.GetInt32(0)], row.GetInt64(1));
        if (row.IsDBNull(4)) return new(ApplyStatus.Unknown);
        var job = JobRow.Read(row, 4);
        var status = transition.Judge(job);
        return status == ApplyStatus.Applied ? null : new(status, null, job.Version, job);
    }

    private static Job AsAdded(Job job, bool isFirst)
    {
        if (job.Phase != JobPhase.Queued) return job;
        var holds = job.Spec.Session is null || isFirst ? job.Holds & ~JobHolds.Session : job.Holds | JobHolds.Session;
        return holds == job.Holds ? job : job with { Holds = holds };
    }
}
