using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

// How jobs come in: most by one statement, and those that caps, parents or a drain have a say in by a transaction that looks first.
public sealed partial class PostgreSqlJobStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        foreach (var job in jobs) ArgumentNullException.ThrowIfNull(job, nameof(jobs));
        if (!jobs.All(job => job.Caps.Count + job.Spec.After.Count == 0 && (jobs.Count == 1 || job.Spec.Reuse == JobReuse.None)))
            return await AddTogetherAsync(jobs, cancellationToken);

        var answers = new Dictionary<JobId, AddResult>(jobs.Count);
        Job[] left = [.. jobs];
        while (left.Length > 0)
        {
            if (!await InsertAsync(left, answers, cancellationToken)) return await AddTogetherAsync(jobs, cancellationToken);
            left = Unanswered();
            await FindExistingAsync(left, answers, cancellationToken);
            // What stood in the way of a job that is neither in nor there was removed in between, or is kept no longer.
            left = Unanswered();
        }
        var seen = new HashSet<JobId>(jobs.Count);
        return [.. jobs.Select(job => answers[job.Id] is var answer && seen.Add(job.Id) ? answer : answer with { Added = false })];

        Job[] Unanswered() => [.. left.Where(job => !answers.ContainsKey(job.Id))];
    }

    /// <summary>Adds those that nothing stands in the way of; answers whether they may come in at all.</summary>
    private async Task<bool> InsertAsync(Job[] jobs, Dictionary<JobId, AddResult> answers, CancellationToken cancellationToken)
    {
        Job[] ofSessions = [.. jobs.Where(job => job.Spec.Session is not null && !job.IsTerminal)];
        var batch = new StatementBatch();
        HashSet<string> added = [];
        Dictionary<JobId, JobHint> hints = [];
        if (ofSessions.Length > 0) batch.Lock(_statements.LockSessions(ofSessions.Select(job => (job.Owner, job.Spec.Session!))));
        batch.Ask(InsertStatement.Insert(_statements, jobs, InsertStatement.GatesOf(jobs)), row => added.Add(row.GetString(0)));
        if (ofSessions.Length > 0) batch.Ask(_statements.LetNextOfSessionsIn([.. ofSessions.Select(job => job.Id)]), row => Note(ReadHint(row)));
        await _connections.RunAsync(async connection =>
        {
            added.Clear();
            hints.Clear();
            await batch.RunAsync(connection, cancellationToken);
            return true;
        }, cancellationToken);
        if (added.Contains("")) return false;

        foreach (var job in jobs)
        {
            if (!added.Remove(job.Id.ToString())) continue;
            var stored = AsAdded(job, isFirst: hints.ContainsKey(job.Id));
            answers.Add(job.Id, new(true, stored));
            Note(HintOf(stored));
        }
        Tell(hints.Values);
        return true;

        void Note(JobHint hint) => hints[hint.Job] = hint;
    }

    private async Task FindExistingAsync(Job[] jobs, Dictionary<JobId, AddResult> answers, CancellationToken cancellationToken)
    {
        if (jobs.Length == 0) return;
        var findings = new AddFindings();
        await _connections.RunAsync(async connection =>
        {
            var batch = new StatementBatch();
            FindExisting(batch, jobs, findings);
            await batch.RunAsync(connection, cancellationToken);
            if (findings.Expired.Count == 0) return true;
            batch = new();
            batch.Do(_statements.StandInNoMore(findings.Expired));
            await batch.RunAsync(connection, cancellationToken);
            return true;
        }, cancellationToken);
        foreach (var (id, job) in findings.Existing) answers[id] = new(false, job);
    }

    /// <summary>Looks for the jobs that answer for these ones: by id before key, and by key before fingerprint.</summary>
    private void FindExisting(StatementBatch batch, IReadOnlyList<Job> jobs, AddFindings findings)
    {
        if (jobs.Any(job => job.Spec is { Reuse: not JobReuse.None, Fingerprint: not null }))
        {
            batch.Ask(_statements.FindByFingerprint(jobs), row =>
            {
                var (given, found) = (jobs[(int)row.GetInt64(0) - 1], JobRow.Read(row, 1));
                if (found.MayStandIn(given.CreatedAt)) findings.Existing[given.Id] = found;
                else findings.Expired.Add(found.Id);
            });
        }
        if (jobs.Any(job => job.Spec.Key is not null))
            batch.Ask(_statements.FindByKey(jobs), row => findings.Existing[jobs[(int)row.GetInt64(0) - 1].Id] = JobRow.Read(row, 1));
        batch.Ask(_statements.Find(jobs.Select(job => job.Id)), row => Note(JobRow.Read(row)));

        void Note(Job job) => findings.Existing[job.Id] = job;
    }

    private async Task<IReadOnlyList<AddResult>> AddTogetherAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (answers, hints) = await _connections.RunAsync(
                connection => TryAddTogetherAsync(connection, jobs, cancellationToken), cancellationToken);
            Tell(hints);
            if (answers is not null) return answers;
        }
    }

    /// <summary>Adds jobs, or refuses them; no answers where another add came in between, and all is to be looked at anew.</summary>
    private async Task<(AddResult[]? Answers, List<JobHint> Hints)> TryAddTogetherAsync(
        NpgsqlConnection connection, IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var findings = await LookAsync(connection, jobs, cancellationToken);
        var plan = new AddPlan(jobs, findings);
        if (plan.Decide() is { } refused) return (AddPlan.Refuse(jobs, refused.Place, refused.Refusal), []);

        int added = 0;
        var batch = new StatementBatch();
        if (findings.Expired.Count > 0) batch.Do(_statements.StandInNoMore(findings.Expired));
        if (plan.Added.Count > 0) batch.Ask(InsertStatement.InsertDecided(_statements, plan.Added), _ => added++);
        if (plan.Dependencies.Count > 0) batch.Do(_statements.Dependencies.Insert(plan.Dependencies));
        if (plan.ToRelease.Count > 0) batch.Do(_statements.Dependencies.Enter(plan.ToRelease));
        if (findings.Caps.Count > 0) batch.Do(_statements.Caps.Write(findings.Caps.Values));
        await batch.RunAsync(connection, cancellationToken);
        if (added < plan.Added.Count) return (null, []);

        await transaction.CommitAsync(cancellationToken);
        List<JobHint> hints = [.. plan.Added.Select(HintOf)];
        if (plan.ToRelease.Count > 0) hints.Add(new(plan.ToRelease.First(), 0, Ready: false, Releases: true));
        return (plan.Answers(), hints);
    }

    private async Task<AddFindings> LookAsync(NpgsqlConnection connection, IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        var findings = new AddFindings();
        var batch = new StatementBatch();
        HashSet<(string, string)> sessions =
            [.. jobs.Where(job => job is { IsTerminal: false, Spec.Session: not null }).Select(job => (job.Owner, job.Spec.Session!))];
        HashSet<string> caps = [.. jobs.SelectMany(job => job.Caps).Select(cap => cap.Name)];
        HashSet<JobId> parents = [.. jobs.SelectMany(job => job.Spec.After).Select(dependency => dependency.Job)];
        if (sessions.Count > 0) batch.Lock(_statements.LockSessions(sessions));
        if (parents.Count > 0) batch.Lock(_statements.Dependencies.LockForAdding());
        if (caps.Count > 0) batch.Ask(_statements.Caps.Ensure(caps), row => NoteCap(CapRow.Read(row)));
        if (parents.Count > 0) batch.Ask(_statements.Dependencies.LockParents(parents), NoteParent);
        // From here on everything is seen as it is with the locks held.
        if (caps.Count > 0) batch.Ask(_statements.Caps.WaitedFor(caps), row => findings.Caps[JobRow.Text(row, 0)!].IsWaitedFor = true);
        if (sessions.Count > 0)
            batch.Ask(_statements.BusySessions(sessions), row => findings.BusySessions.Add((JobRow.Text(row, 0)!, JobRow.Text(row, 1)!)));
        batch.Ask(_statements.RecordsNamed(InsertStatement.GatesOf(jobs)), row => findings.Gates.Add(JobRow.Text(row, 0)!));
        FindExisting(batch, jobs, findings);
        await batch.RunAsync(connection, cancellationToken);
        return findings;

        void NoteParent(NpgsqlDataReader row) => findings.Parents.Add(JobId.Parse(row.GetString(0)), (JobPhase)row.GetInt16(1));

        void NoteCap(CapRow cap) => findings.Caps.Add(cap.Name, cap);
    }

    private static Job AsAdded(Job job, bool isFirst)
    {
        if (job.Phase != JobPhase.Queued) return job;
        var holds = job.Spec.Session is null || isFirst ? job.Holds & ~JobHolds.Session : job.Holds | JobHolds.Session;
        return holds == job.Holds ? job : job with { Holds = holds };
    }
}
