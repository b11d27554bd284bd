using System.Text;

namespace Errand.Commands.Tests;

/// <summary>A host's own patterns for progress.</summary>
public sealed class ProgressPatternTests
{
    [Theory]
    [InlineData(@"epoch (?<current>\d+)\|(?<total>\d+)", "epoch 3|8, 42% of it", 3d, 8d)]
    [InlineData(@"at (?<percent>[\d.]+) percent", "at 12.5 percent", 12.5, 100d)]
    [InlineData(@"(?<current>\d+) rows", "12 rows", 12d, null)]
    [InlineData(@"(?<current>\d+)\|(?<total>\d+)", "8|3 and 2|3", 2d, 3d)]
    [InlineData(@"nothing of the sort (?<percent>\d+)", "42%", 42d, 100d)]
    [InlineData(@"(?<percent>\d+) percent", "300 percent", 0d, null)]
    public void L6_own_patterns_go_first(string pattern, string line, double current, double? total)
    {
        var progress = new OutputProgress(new([ProgressPattern.TryRead(pattern, out _)!], knowsUsual: true));
        progress.Feed(OutputStream.Out, Encoding.UTF8.GetBytes($"first\n{line}\nlast\n"));
        Assert.Equal(new JobProgress(current, total, "last"), progress.Latest);
    }

    [Fact]
    public void L6_without_the_usual_only_own_patterns_count()
    {
        var progress = new OutputProgress(new([], knowsUsual: false));
        progress.Feed(OutputStream.Out, "42%\n3/10\n"u8);
        Assert.Equal(new JobProgress(0, null, "3/10"), progress.Latest);
    }

    [Theory]
    [InlineData("", "1 to 1000")]
    [InlineData(@"\d+", "must have a group")]
    [InlineData(@"(?<current>\d+", "no pattern that can be used")]
    [InlineData(@"(?=x)(?<current>\d+)", "no pattern that can be used")]
    public void L6_a_pattern_that_cannot_be_used_says_why(string pattern, string problem)
    {
        Assert.Null(ProgressPattern.TryRead(pattern, out string? said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }
}
