namespace Errand.Tests.Output;

public sealed class OutputSearchTests
{
    [Fact]
    public async Task E2_a_search_finds_whole_lines_with_their_numbers()
    {
        await using var log = OutputSamples.LogOf("alpha\nbeta\nAlphabet\n\e[1mal\e[0mpha\n", OutputSamples.Chance());
        Assert.Equal([(1, "alpha"), (4, "alpha")], await FoundAsync(log, new() { Pattern = "alpha" }));
        Assert.Equal([(1, "alpha"), (3, "Alphabet"), (4, "alpha")], await FoundAsync(log, new() { Pattern = "^al", IgnoreCase = true }));
        Assert.Equal([(2, "beta")], await FoundAsync(log, new() { Pattern = @"^(?!.*alpha)b" }));
        Assert.Empty(await FoundAsync(log, new() { Pattern = "gamma" }));
    }

    [Fact]
    public async Task E2_a_search_goes_on_where_it_stopped()
    {
        await using var log = OutputSamples.LogOf(string.Concat(Enumerable.Range(1, 1000).Select(i => $"{i} {(i % 7 == 0 ? "seven" : "")}\n")));
        var found = new List<long>();
        var search = new OutputSearch { Pattern = "seven$", MaxMatches = 10 };
        OutputMatches matches;
        do
        {
            matches = await log.SearchAsync(OutputSamples.Job, search, OutputSamples.Token);
            Assert.All(matches.Matches, match => Assert.Equal($"{match.Number} seven", match.Line.Text));
            found.AddRange(matches.Matches.Select(match => match.Number));
            search = search with { View = search.View with { Offset = matches.NextOffset }, FirstLine = matches.NextLine };
        }
        while (!matches.AtEnd);
        Assert.Equal(Enumerable.Range(1, 142).Select(i => i * 7L), found);
    }

    [Fact]
    public async Task A_search_reads_no_more_than_it_may()
    {
        await using var log = OutputSamples.LogOf(string.Concat(Enumerable.Range(1, 200_000).Select(i => $"line {i}\n")));
        var matches = await log.SearchAsync(OutputSamples.Job, new() { Pattern = "nothing", MaxBytes = 500_000 }, OutputSamples.Token);
        Assert.False(matches.AtEnd);
        Assert.InRange(matches.NextOffset, 500_000, 1_000_000);
    }

    [Fact]
    public async Task B_36_a_match_in_a_very_long_line_is_shown_with_what_is_around_it()
    {
        byte[] bytes = [.. OutputSamples.Utf8(new string('ä', 2_500_000)), 0xff, 0, .. "needle"u8, .. OutputSamples.Utf8(new string('ö', 2_500_000))];
        await using var log = OutputSamples.LogOf(bytes, []);
        var matches = await log.SearchAsync(OutputSamples.Job, new() { Pattern = "needle", MaxTextLength = 100 }, OutputSamples.Token);
        var match = Assert.Single(matches.Matches);
        Assert.Equal(1, match.Number);
        Assert.Equal(102, match.Line.Text.Length);
        Assert.Contains("ä\ufffdneedleö", match.Line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", "is not a regular expression")]
    [InlineData(@"^(?=x)(x+x+)+y\1", "took longer than")]
    public async Task An_expression_that_is_wrong_or_too_slow_is_refused(string pattern, string why)
    {
        await using var log = OutputSamples.LogOf(new string('x', 5000) + "\n");
        var search = new OutputSearch { Pattern = pattern, MatchTimeout = TimeSpan.FromMilliseconds(20) };
        var e = await Assert.ThrowsAsync<InvalidJobException>(async () => await log.SearchAsync(OutputSamples.Job, search, OutputSamples.Token));
        Assert.Equal("grep", e.Parameter);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private static async Task<List<(long, string)>> FoundAsync(IOutputLog log, OutputSearch search) =>
        [.. (await log.SearchAsync(OutputSamples.Job, search, OutputSamples.Token)).Matches.Select(match => (match.Number, match.Line.Text))];
}
