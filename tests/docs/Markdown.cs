using System.Text.RegularExpressions;

namespace Errand.Docs.Tests;

/// <summary>A page of the documentation: what it links to, and which headings can be linked to.</summary>
internal sealed partial class Markdown
{
    private readonly string _text;

    public Markdown(string file)
    {
        File = file;
        _text = Code().Replace(System.IO.File.ReadAllText(file), "");
    }

    public string File { get; }

    public IEnumerable<string> Links => Link().Matches(_text).Select(match => match.Groups[1].Value);

    public IEnumerable<string> Anchors => Heading().Matches(_text).Select(match => Anchor(match.Groups[1].Value));

    private static string Anchor(string heading) => NoAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
