using System.Text;
using System.Text.RegularExpressions;

namespace Errand.Commands;

/// <summary>
/// A pattern of names and paths: <c>*</c> and <c>?</c> stay within a name, <c>**</c> goes over folders; <c>/srv/**</c> is /srv too.
/// </summary>
internal sealed class Glob
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
    private readonly Regex _regex;

    public Glob(string pattern) => _regex = new(RegexOf(pattern), Options);

    public bool Matches(string text) => _regex.IsMatch(text);

    private static string RegexOf(string pattern)
    {
        var regex = new StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern.AsSpan(i) is "/**")
            {
                regex.Append("(/.*)?");
                break;
            }
            if (pattern.AsSpan(i).StartsWith("**/", StringComparison.Ordinal))
            {
                regex.Append("(.*/)?");
                i += 2;
            }
            else if (pattern.AsSpan(i).StartsWith("**", StringComparison.Ordinal))
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }
        return regex.Append('$').ToString();
    }
}
