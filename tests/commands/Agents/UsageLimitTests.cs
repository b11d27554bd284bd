using System.Globalization;

namespace Errand.Commands.Tests.Agents;

/// <summary>When a limit ends, read out of what CLIs say to people.</summary>
public sealed class UsageLimitTests
{
    // Noon in UTC, on a Friday.
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Local = TimeZoneInfo.CreateCustomTimeZone("local", TimeSpan.FromHours(2), "local", "local");

    [Theory]
    [InlineData("Claude AI usage limit reached|1795183200", "2026-11-20T14:00:00Z")]
    [InlineData("You've hit your limit · resets 2pm (Asia/Shanghai)", "2026-11-21T06:00:00Z")]
    [InlineData("You've hit your session limit · resets 11:30pm (Etc/UTC)", "2026-11-20T23:30:00Z")]
    [InlineData("Claude usage limit reached. Your limit will reset at 5pm (No/Where).", "2026-11-20T15:00:00Z")]
    [InlineData("You've hit your usage limit. Send a request to your admin or try again at 12:16 PM.", "2026-11-21T10:16:00Z")]
    [InlineData("You've hit your usage limit. Try again at Nov 23rd, 2026 9:16 AM.", "2026-11-23T07:16:00Z")]
    [InlineData("You've hit your usage limit. Upgrade to Pro or try again in 1 day 2 hours 3 minutes.", "2026-11-21T14:03:00Z")]
    [InlineData("You have exhausted your capacity on this model. Your quota will reset after 1h49m8s.", "2026-11-20T13:49:08Z")]
    [InlineData("{\"type\":\"usage_limit_reached\",\"resets_at\":1795183200,\"resets_in_seconds\":7200}", "2026-11-20T14:00:00Z")]
    [InlineData("You exceeded your current quota, please check your plan", null)]
    [InlineData("Usage limit reached, resets 25pm", null)]
    [InlineData("Claude AI usage limit reached|9999999999", null)]
    public void N8_the_end_of_a_limit_is_read_out_of_words(string text, string? resetsAt)
    {
        Assert.True(UsageLimitText.IsLimit(text));
        DateTimeOffset? expected = resetsAt is null ? null : DateTimeOffset.Parse(resetsAt, CultureInfo.InvariantCulture);
        Assert.Equal(expected, UsageLimitText.ResetOf(text, Now, Local));
    }

    [Theory]
    [InlineData("The file has a limit of 80 characters a line.")]
    [InlineData("Invalid API key · Please run /login")]
    [InlineData("Quota exceeded. Check your plan and billing details.")]
    [InlineData("the request exceeded a time limit of the tool")]
    [InlineData("")]
    public void N8_other_failures_are_no_usage_limit(string text) => Assert.False(UsageLimitText.IsLimit(text));
}
