using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Errand.Docs.Tests;

/// <summary>What holds for the files of the project, whatever is in them.</summary>
public sealed partial class TreeTests
{
    private static IEnumerable<string> Projects => Tree.Files().Select(Tree.Name).Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        var pages = Tree.Files().Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Select(file => new Markdown(file));
        Assert.Empty(from page in pages
                     from link in page.Links
                     where !Uri.TryCreate(link, UriKind.Absolute, out _) && !Resolves(page, link)
                     select $"{Tree.Name(page.File)}: {link}");
    }

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on() =>
        Assert.Empty(from file in Tree.Files()
                     where !Tree.Name(file).StartsWith("tests/", StringComparison.Ordinal)
                     from line in Finds(file, MachinePath())
                     select line);

    [Fact]
    public void Nothing_in_the_sources_is_left_for_later() =>
        Assert.Empty(Tree.Files("src").SelectMany(file => Finds(file, LeftForLater())));

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Assert.Empty(Projects.Except(Values("Errand.slnx", "Project", "Path")));

    [Fact]
    public void Every_package_has_its_reason_in_the_documents()
    {
        var explained = PackageRow().Matches(File.ReadAllText(Path.Combine(Tree.Root, "docs", "dependencies.md"))).Select(row => row.Groups[1].Value);
        var used = Values("Directory.Packages.props", "PackageVersion", "Include");
        Assert.Equal(used.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Values(string file, string element, string attribute) =>
        XDocument.Load(Path.Combine(Tree.Root, file)).Descendants(element).Select(found => (string)found.Attribute(attribute)!);

    private static bool Resolves(Markdown page, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var first, var second] ? (first, second) : (link, "");
        var target = path.Length == 0 ? page.File : Path.Combine(Path.GetDirectoryName(page.File)!, Uri.UnescapeDataString(path));
        if (!File.Exists(target) && !Directory.Exists(target)) return false;

        return anchor.Length == 0 || !target.EndsWith(".md", StringComparison.Ordinal) || new Markdown(target).Anchors.Contains(anchor);
    }

    private static IEnumerable<string> Finds(string file, Regex what) =>
        File.ReadLines(file).Index().Where(line => what.IsMatch(line.Item)).Select(line => $"{Tree.Name(file)}:{line.Index + 1}: {line.Item.Trim()}");

    [GeneratedRegex(@"(?<![\w.~-])/(work|tmp|root|home)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex LeftForLater();

    [GeneratedRegex("^\\| `([^`]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex PackageRow();
}
