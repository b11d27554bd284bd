using System.Text.RegularExpressions;

namespace Errand.Mutation.Tests;

/// <summary>An SQL text cut into words, brackets and signs: enough to find its conditions.</summary>
internal sealed partial class SqlText
{
    private static readonly string[] Openers = ["WHERE", "ON", "WHEN"];
    private static readonly string[] Closers = ["WHERE", "THEN", "ORDER", "GROUP", "LIMIT", "RETURNING", "UNION", "CROSS"];
    private static readonly string[] Comparisons = ["=", "<>", "<", ">", "<=", ">=", "IS", "EXISTS", "AND", "OR"];

    private readonly string _text;
    private readonly Match[] _tokens;
    private readonly int[] _closing;

    private SqlText(string text)
    {
        _text = text;
        _tokens = [.. Tokens().Matches(text).Cast<Match>()];
        _closing = new int[_tokens.Length];
        var open = new Stack<int>();
        for (int i = 0; i < _tokens.Length; i++)
        {
            if (this[i] == "(") open.Push(i);
            else if (this[i] == ")") _closing[open.Pop()] = i;
        }
    }

    private string this[int token] => _tokens[token].Value;

    /// <summary>
    /// The statement up to its conditions and without what it sets: what the texts have in common that are made in one place of the store.
    /// </summary>
    public static string HeadOf(string text)
    {
        // Pages and counts, with and without a text that is sought, are made of the same conditions.
        if (List().Match(text) is { Success: true } list) return $"List by {list.Groups[1].Value}";
        var sql = new SqlText(text);
        List<string> head = [];
        bool setting = false;
        for (int i = 0; i < sql._tokens.Length && sql[i] != "WHERE"; i++)
        {
            if (!setting) head.Add(sql[i] == "(" ? "(…)" : sql[i]);
            setting |= sql[i] == "SET";
            if (sql[i] == "(") i = sql._closing[i];
        }
        return string.Join(' ', head).Replace(" ,", ",", StringComparison.Ordinal);
    }

    /// <summary>The terms of all conditions, also of those within others, and of those that a column is made of.</summary>
    public static IReadOnlyList<SqlTerm> TermsOf(string text)
    {
        var sql = new SqlText(text);
        List<SqlTerm> terms = [];
        for (int i = 0; i < sql._tokens.Length; i++)
        {
            if (sql[i] == "(" && sql.IsCondition(i)) sql.Split(i + 1, sql._closing[i], terms);
            else if (Openers.Contains(sql[i]) && sql[i + 1] != "CONFLICT") sql.Split(i + 1, sql.EndOf(i + 1), terms);
        }
        return terms;
    }

    // What follows a word is what a function takes, a list of columns or a query.
    private bool IsCondition(int bracket)
    {
        if (bracket > 0 && char.IsAsciiLetter(this[bracket - 1][0]) && !Openers.Contains(this[bracket - 1]) && this[bracket - 1] is not ("AND" or "OR")) return false;
        if (this[bracket + 1] is "SELECT") return false;
        return AtTop(bracket + 1, _closing[bracket]).Any(i => Comparisons.Contains(this[i]));
    }

    private int EndOf(int first)
    {
        foreach (int i in AtTop(first, _tokens.Length))
            if (this[i] == ")" || Closers.Contains(this[i])) return i;
        return _tokens.Length;
    }

    private void Split(int first, int end, List<SqlTerm> terms)
    {
        bool alternatives = AtTop(first, end).Any(i => this[i] == "OR");
        string between = alternatives ? "OR" : "AND";
        foreach (int i in AtTop(first, end).Where(i => this[i] == between).Append(end).ToArray())
        {
            string term = _text[_tokens[first].Index..(_tokens[i - 1].Index + this[i - 1].Length)];
            if (term != "1") terms.Add(new(_tokens[first].Index, term, alternatives));
            first = i + 1;
        }
    }

    private IEnumerable<int> AtTop(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            yield return i;
            if (this[i] == "(") i = _closing[i];
        }
    }

    [GeneratedRegex(@"'[^']*'|\?\d*|\w[\w.]*|<>|<=|>=|<<|>>|\S")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"^SELECT (?:id, seq|phase), .* INDEXED BY (job_by_\w+)")]
    private static partial Regex List();
}

/// <summary>A term of a condition.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Text">What it says.</param>
/// <param name="IsAlternative">Whether it is one of several of which one must hold, and not of several that must all hold.</param>
internal readonly record struct SqlTerm(int At, string Text, bool IsAlternative);
