namespace Errand.Commands.Tests;

public sealed class GlobTests
{
    [Theory]
    [InlineData("git", "git", true)]
    [InlineData("git", "gitk", false)]
    [InlineData("python*", "python3.12", true)]
    [InlineData("p?thon", "python", true)]
    [InlineData("/usr/bin/*", "/usr/bin/git", true)]
    [InlineData("/usr/bin/*", "/usr/bin/x/git", false)]
    [InlineData("/usr/**", "/usr", true)]
    [InlineData("/usr/**", "/usr/bin/x/git", true)]
    [InlineData("/usr/**", "/usrx/git", false)]
    [InlineData("**/git", "/usr/bin/git", true)]
    [InlineData("/a/**/c", "/a/c", true)]
    [InlineData("/a/**/c", "/a/b/b/c", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("(x", "(x", true)]
    [InlineData("*", "a\nb", true)]
    public void L4_patterns_of_names_and_paths(string pattern, string text, bool matches) => Assert.Equal(matches, new Glob(pattern).Matches(text));
}
