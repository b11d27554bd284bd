using System.Text.RegularExpressions;

namespace Errand.Mutation.Tests;

/// <summary>A term that is missing from every statement that one place in the store makes.</summary>
/// <param name="Head">What the statements have in common.</param>
/// <param name="Term">The term; with its number where the statements have it more than once.</param>
/// <param name="Texts">The statements, with what becomes of them.</param>
internal sealed partial record SqlMutant(string Head, string Term, IReadOnlyDictionary<string, string> Texts)
{
    public override string ToString() => $"{Head} … without {Term}";

    /// <summary>All mutants of some statements.</summary>
    public static IReadOnlyList<SqlMutant> Of(IEnumerable<string> texts) =>
    [
        .. texts.SelectMany(Changes).GroupBy(change => (change.Head, change.Term), (key, changes) =>
                new SqlMutant(key.Head, key.Term, changes.ToDictionary(change => change.Text, change => change.Mutated)))
            .OrderBy(mutant => mutant.ToString(), StringComparer.Ordinal),
    ];

    public string Rewrite(string text) => Texts.GetValueOrDefault(text, text);

    /// <summary>
    /// Lets SQLite choose the index: with a term missing, the one that is named could not be used, and that is not what makes it wrong.
    /// </summary>
    public static string WithoutHints(string text) => Hint().Replace(text, "");

    private static IEnumerable<(string Head, string Term, string Text, string Mutated)> Changes(string text)
    {
        string head = SqlText.HeadOf(text);
        var seen = new Dictionary<string, int>();
        foreach (var term in SqlText.TermsOf(text))
        {
            int number = seen[term.Text] = seen.GetValueOrDefault(term.Text) + 1;
            string mutated = text[..term.At] + Neutral(term) + text[(term.At + term.Text.Length)..];
            yield return (head, number == 1 ? term.Text : $"{term.Text} (no. {number})", text, WithoutHints(mutated));
        }
    }

    // It keeps the parameters of the term, because what is bound to the others goes by their number.
    private static string Neutral(SqlTerm term)
    {
        string parameters = string.Concat(Parameter().Matches(term.Text).Cast<Match>().Select(parameter => (term.IsAlternative ? " AND " : " OR ") + parameter.Value));
        return $"({(term.IsAlternative ? 0 : 1)}{parameters})";
    }

    [GeneratedRegex(@" INDEXED BY \w+")]
    private static partial Regex Hint();

    [GeneratedRegex(@"\?\d*")]
    private static partial Regex Parameter();
}
