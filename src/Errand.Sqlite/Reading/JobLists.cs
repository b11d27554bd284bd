using System.Runtime.InteropServices;

namespace Errand.Sqlite;

/// <summary>Lists and counts jobs.</summary>
internal sealed class JobLists(SqliteConnection connection, Snapshot snapshot, JobTable jobs)
{
    // A search that finds little lets go of its snapshot now and then: while one is held, the log behind it cannot be used again.
    private const int MostLookedAt = 4096;

    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private SqliteStatement? _kinds;

    public JobPage Page(JobQuery query)
    {
        using var held = snapshot.Take();
        int limit = Math.Clamp(query.Limit, 1, JobQuery.MaxLimit);
        var ranges = new ListPlan(query).Ranges(Kinds, counting: false);
        List<(JobId Id, long Seq)> found = [];
        // One more than the page holds tells whether it is the last.
        foreach (var range in ranges) Collect(range, query, limit + 1, found, mayLetGo: ranges.Count == 1);
        if (ranges.Count > 1) found.Sort((left, right) => query.OldestFirst ? left.Id.CompareTo(right.Id) : right.Id.CompareTo(left.Id));
        List<Job> items = new(Math.Min(found.Count, limit));
        foreach (var (_, seq) in CollectionsMarshal.AsSpan(found)[..Math.Min(found.Count, limit)])
            if (jobs.Find(seq) is { } job) items.Add(job);
        return new(items, found.Count > limit ? found[limit - 1].Id : null);
    }

    public IReadOnlyDictionary<JobState, long> Count(JobQuery query)
    {
        using var held = snapshot.Take();
        var counts = Enum.GetValues<JobState>().ToDictionary(state => state, _ => 0L);
        foreach (var range in new ListPlan(query).Ranges(Kinds, counting: true)) Count(range, query, counts);
        return counts;
    }

    private void Collect(ListRange range, JobQuery query, int most, List<(JobId Id, long Seq)> found, bool mayLetGo)
    {
        JobId? after = query.After;
        int wanted = found.Count + most;
        while (true)
        {
            var statement = Search(range, query, after);
            int lookedAt = 0;
            while (statement.Step())
            {
                lookedAt++;
                after = statement.Id(0);
                if (Means(statement, query)) found.Add((after.Value, statement.Int64(1)));
                if (found.Count >= wanted || (lookedAt == MostLookedAt && mayLetGo)) break;
            }
            statement.Reset();
            if (found.Count >= wanted || lookedAt != MostLookedAt || !mayLetGo) return;
            snapshot.Renew();
        }
    }

    private SqliteStatement Search(ListRange range, JobQuery query, JobId? after)
    {
        string conditions = range.Where.IsEmpty ? "1" : range.Where.ToString();
        if (after is not null) conditions += query.OldestFirst ? " AND id > ?" : " AND id < ?";
        string rest = range.Rest.IsEmpty ? "1" : range.Rest.ToString();
        string text = query.Text is null ? "" : ", title, kind";
        string order = query.OldestFirst ? "ASC" : "DESC";
        var statement = Prepared(
            $"SELECT id, seq, ({rest}){text} FROM job INDEXED BY {range.Index} WHERE {conditions} ORDER BY id {order}");
        int next = range.Where.Bind(statement, range.Rest.Bind(statement, 1));
        return statement.Bind(next, after);
    }

    private void Count(ListRange range, JobQuery query, Dictionary<JobState, long> counts)
    {
        string where = range.Where.IsEmpty ? "1" : range.Where.ToString();
        string rest = range.Rest.IsEmpty ? "1" : range.Rest.ToString();
        bool byText = query.Text is not null;
        var statement = Prepared(byText
            ? $"SELECT phase, 1, ({rest}), title, kind FROM job INDEXED BY {range.Index} WHERE {where}"
            : $"SELECT phase, count(*) FROM job INDEXED BY {range.Index} WHERE {where} AND {rest} GROUP BY phase");
        int next = byText ? range.Rest.Bind(statement, 1) : range.Where.Bind(statement, 1);
        _ = byText ? range.Where.Bind(statement, next) : range.Rest.Bind(statement, next);
        while (statement.Step())
            if (!byText || Means(statement, query)) counts[((JobPhase)statement.Int64(0)).ToState()] += statement.Int64(1);
        statement.Reset();
    }

    // SQLite folds the case of ASCII letters only, so the text is compared here.
    private static bool Means(SqliteStatement row, JobQuery query) =>
        row.Int64(2) != 0 && (query.Text is not { } part || Has(row.TextOrNull(3), part) || Has(row.Text(4), part));

    private static bool Has(string? text, string part) => text is not null && text.Contains(part, StringComparison.OrdinalIgnoreCase);

    // Steps from kind to kind, however many jobs each of them has.
    private List<string> Kinds(int most)
    {
        _kinds ??= connection.Prepare(
            "WITH RECURSIVE one (kind) AS (SELECT min(kind) FROM job INDEXED BY job_by_kind UNION ALL " +
            "SELECT (SELECT min(kind) FROM job INDEXED BY job_by_kind WHERE kind > one.kind) FROM one WHERE one.kind IS NOT NULL) " +
            "SELECT kind FROM one WHERE kind IS NOT NULL LIMIT ?");
        _kinds.Bind(1, most);
        List<string> kinds = [];
        while (_kinds.Step()) kinds.Add(_kinds.Text(0));
        _kinds.Reset();
        return kinds;
    }

    private SqliteStatement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = connection.Prepare(sql));
        return statement;
    }
}
