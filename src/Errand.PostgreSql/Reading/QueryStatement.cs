using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>A query as a statement.</summary>
internal sealed partial class QueryStatement
{
    private readonly List<string> _conditions = [];
    private readonly List<NpgsqlParameter> _parameters = [];

    private QueryStatement(JobQuery query)
    {
        AddPhases(query.Phases);
        AddIf(query.Kind, "kind =", Parameters.Text);
        // The indexes leave out what most jobs have, so the statement must say that it does not mean those.
        AddIf(query.Owner, query.Owner == JobSpec.LocalOwner ? "owner =" : $"owner <> '{JobSpec.LocalOwner}' AND owner =", Parameters.Text);
        AddIf(query.Agent, "agent =", Parameters.Text);
        AddIf(query.Session, "session =", Parameters.Text);
        AddIf(query.Tag, "tags <> '{}' AND tags @>", tag => Parameters.Texts([tag]));
        if (query.Parent is { } parent) Add("parent =", Parameters.Id(parent));
        if (query.Batch is { } batch) Add("batch =", Parameters.Id(batch));
        AddIf(query.Fingerprint, "fingerprint =", Parameters.Text);
        if (query.DeadLetters) _conditions.Add("dead");
        AddIf(query.Text, "search LIKE", text => Parameters.Text($"%{LikeSigns().Replace(SearchText(text), @"\$0")}%"));
        if (query.CreatedFrom is { } from) Add("created_at >=", Parameters.Bound(from));
        if (query.CreatedBefore is { } before) Add("created_at <", Parameters.Bound(before));
        if (query.FinishedBefore is { } ended) Add("finished_at <", Parameters.Bound(ended));
        if (query.ExpiredBefore is { } expired) Add("keep_for IS NOT NULL AND finished_at + keep_for <", Parameters.Bound(expired));
    }

    /// <summary>Answers with the jobs of a page, and with one more if there is one.</summary>
    public static NpgsqlBatchCommand List(Statements statements, JobQuery query, int limit)
    {
        var statement = new QueryStatement(query);
        if (query.After is { } after) statement.Add(query.OldestFirst ? "id >" : "id <", Parameters.Id(after));
        string order = query.OldestFirst ? "ASC" : "DESC", most = (limit + 1).ToString(CultureInfo.InvariantCulture);
        return Statements.New(
            $"SELECT {JobRow.Columns} FROM {statements.Schema}.job{statement.Where} ORDER BY id {order} LIMIT {most}", statement._parameters);
    }

    /// <summary>Answers with the phases and how many jobs are in each.</summary>
    public static NpgsqlBatchCommand Count(Statements statements, JobQuery query)
    {
        var statement = new QueryStatement(query);
        return Statements.New($"SELECT phase, count(*) FROM {statements.Schema}.job{statement.Where} GROUP BY phase", statement._parameters);
    }

    /// <summary>Text as it is searched: folded here, because how a server folds letters hangs on its locale.</summary>
    public static string SearchText(string text) => text.ToUpperInvariant();

    private string Where => _conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", _conditions)}";

    // Said in figures, not parameters, so that the planner sees when a partial index has all that is asked for.
    private void AddPhases(JobPhases phases)
    {
        if (phases == (JobPhases.Live | JobPhases.Ended)) return;
        var numbers = Enum.GetValues<JobPhase>().Where(phase => phases.Has(phase)).Select(phase => phase.ToString("d"));
        if ((phases & ~JobPhases.Live) == 0) _conditions.Add($"phase < {Statements.Ended}");
        if (phases != JobPhases.Live) _conditions.Add($"phase IN ({string.Join(", ", numbers)})");
    }

    private void AddIf(string? value, string condition, Func<string, NpgsqlParameter> parameter)
    {
        if (value is not null) Add(condition, parameter(value));
    }

    private void Add(string condition, NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        _conditions.Add(string.Create(CultureInfo.InvariantCulture, $"{condition} ${_parameters.Count}"));
    }

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex LikeSigns();
}
