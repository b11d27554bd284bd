using System.Globalization;

namespace Errand.Tests.Scheduling;

public sealed class CronExpressionTests
{
    private const string NewYork = "America/New_York";

    [Theory]
    [InlineData("* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00", "2026-01-01T00:02:00")]
    [InlineData("*/10 * * * * *", "2026-01-01T00:00:55", "2026-01-01T00:01:00", "2026-01-01T00:01:10")]
    [InlineData("0 30 2 * * *", "2026-01-01T02:30:00", "2026-01-02T02:30:00")]
    [InlineData("5,10-11 2 * * *", "2026-01-01T00:00:00", "2026-01-01T02:05:00", "2026-01-01T02:10:00", "2026-01-01T02:11:00", "2026-01-02T02:05:00")]
    [InlineData("10/25 0 * * *", "2026-01-01T00:00:00", "2026-01-01T00:10:00", "2026-01-01T00:35:00", "2026-01-02T00:10:00")]
    [InlineData("0 22-4/3 * * *", "2026-01-01T00:00:00", "2026-01-01T01:00:00", "2026-01-01T04:00:00", "2026-01-01T22:00:00", "2026-01-02T01:00:00")]
    [InlineData("0 0 1 nov-Feb *", "2026-01-15T00:00:00", "2026-02-01T00:00:00", "2026-11-01T00:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("0 0 * * SAT-mon", "2026-11-19T00:00:00", "2026-11-21T00:00:00", "2026-11-22T00:00:00", "2026-11-23T00:00:00", "2026-11-28T00:00:00")]
    [InlineData("0 0 * * 5-7", "2026-11-19T00:00:00", "2026-11-20T00:00:00", "2026-11-21T00:00:00", "2026-11-22T00:00:00", "2026-11-27T00:00:00")]
    [InlineData("0 0 ? * 0", "2026-11-19T00:00:00", "2026-11-22T00:00:00", "2026-11-29T00:00:00")]
    [InlineData("0 0 * * 7", "2026-11-19T00:00:00", "2026-11-22T00:00:00", "2026-11-29T00:00:00")]
    [InlineData("0 0 13 * FRI", "2026-11-01T00:00:00", "2026-11-06T00:00:00", "2026-11-13T00:00:00", "2026-11-20T00:00:00")]
    [InlineData("0 0 10 * FRI", "2026-11-07T00:00:00", "2026-11-10T00:00:00", "2026-11-13T00:00:00")]
    [InlineData("0 0 */2 * MON", "2026-11-01T00:00:00", "2026-11-09T00:00:00", "2026-11-23T00:00:00")]
    [InlineData("0 0 L * *", "2028-01-31T00:00:00", "2028-02-29T00:00:00", "2028-03-31T00:00:00")]
    [InlineData("0 0 L-3 * ?", "2026-02-01T00:00:00", "2026-02-25T00:00:00", "2026-03-28T00:00:00")]
    [InlineData("0 0 15,L * *", "2026-02-01T00:00:00", "2026-02-15T00:00:00", "2026-02-28T00:00:00", "2026-03-15T00:00:00")]
    [InlineData("0 0 LW * *", "2026-01-01T00:00:00", "2026-01-30T00:00:00", "2026-02-27T00:00:00", "2026-03-31T00:00:00")]
    [InlineData("0 0 1W * *", "2026-07-15T00:00:00", "2026-08-03T00:00:00", "2026-09-01T00:00:00")]
    [InlineData("0 0 15w * *", "2026-08-01T00:00:00", "2026-08-14T00:00:00", "2026-09-15T00:00:00", "2026-10-15T00:00:00", "2026-11-16T00:00:00")]
    [InlineData("0 0 31W * *", "2026-04-01T00:00:00", "2026-05-29T00:00:00", "2026-07-31T00:00:00")]
    [InlineData("0 0 * * TUE#1,5#2", "2026-11-01T00:00:00", "2026-11-03T00:00:00", "2026-11-13T00:00:00", "2026-12-01T00:00:00")]
    [InlineData("0 0 * * MON#5", "2026-11-01T00:00:00", "2026-11-30T00:00:00", "2027-03-29T00:00:00")]
    [InlineData("0 0 * * FRIL", "2026-11-01T00:00:00", "2026-11-27T00:00:00", "2026-12-25T00:00:00")]
    [InlineData("0 0 * * 7L", "2026-11-01T00:00:00", "2026-11-29T00:00:00", "2026-12-27T00:00:00")]
    [InlineData("0 0 29 2 *", "2096-02-29T00:00:00", "2104-02-29T00:00:00")]
    [InlineData("@yearly", "2026-06-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("@Annually", "2026-06-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("@monthly", "2026-06-01T00:00:00", "2026-07-01T00:00:00")]
    [InlineData("@weekly", "2026-11-20T00:00:00", "2026-11-22T00:00:00")]
    [InlineData("@daily", "2026-06-01T00:00:00", "2026-06-02T00:00:00")]
    [InlineData("@midnight", "2026-06-01T00:00:00", "2026-06-02T00:00:00")]
    [InlineData("  @hourly ", "2026-06-01T00:00:00", "2026-06-01T01:00:00")]
    [InlineData("\t0  12\t* * *", "2026-06-01T11:59:59.9999999", "2026-06-01T12:00:00")]
    public void I1_the_next_times(string cron, string after, params string[] expected) =>
        Expect("UTC", cron, $"{after}Z", [.. expected.Select(time => $"{time}Z")]);

    // Clocks went from 02:00 to 03:00 on 8 March and from 02:00 back to 01:00 on 1 November.
    [Theory]
    [InlineData("30 2 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00")]
    [InlineData("0,20,40 2 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00")]
    [InlineData("30 2,3 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00")]
    [InlineData("0 2,3 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00")]
    [InlineData("30 2 * * *", "2026-03-08T01:59:59.5-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00")]
    [InlineData("30 2 * * *", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00")]
    [InlineData("30 * * * *", "2026-03-08T01:00:00-05:00", "2026-03-08T01:30:00-05:00", "2026-03-08T03:30:00-04:00")]
    [InlineData("0 */2 * * *", "2026-03-08T00:00:00-05:00", "2026-03-08T04:00:00-04:00")]
    [InlineData("*/30 2 * * *", "2026-03-08T00:00:00-05:00", "2026-03-09T02:00:00-04:00")]
    [InlineData("30 1 * * *", "2026-10-31T12:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00")]
    [InlineData("30 1 * * *", "2026-11-01T01:10:00-05:00", "2026-11-02T01:30:00-05:00")]
    [InlineData("0 1-2 * * *", "2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-04:00", "2026-11-01T02:00:00-05:00")]
    [InlineData("30 * * * *", "2026-11-01T00:45:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-01T02:30:00-05:00")]
    [InlineData("*/30 1 * * *", "2026-11-01T00:45:00-04:00", "2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00")]
    public void I1_a_skipped_local_time_comes_just_after_the_gap_and_a_repeated_one_once(string cron, string after, params string[] expected) =>
        Expect(NewYork, cron, after, expected);

    [Theory]
    // Half an hour.
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00:00Z", "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00:00Z", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30")]
    // Two hours.
    [InlineData("Antarctica/Troll", "30 1 * * *", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00", "2026-03-30T01:30:00+02:00")]
    // At midnight.
    [InlineData("Africa/Cairo", "0 0 * * *", "2026-04-23T12:00:00Z", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00")]
    // Into the next day.
    [InlineData("America/Nuuk", "30 23 * * 6", "2026-03-28T12:00:00Z", "2026-03-29T00:00:00-01:00", "2026-04-04T23:30:00-01:00")]
    // The whole of 30 December 2011.
    [InlineData("Pacific/Apia", "0 12 30 12 *", "2011-06-01T00:00:00Z", "2011-12-31T00:00:00+14:00", "2012-12-30T12:00:00+14:00")]
    [InlineData("Pacific/Apia", "0 */12 * * *", "2011-12-29T13:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00")]
    // For good, by half an hour.
    [InlineData("Asia/Pyongyang", "45 23 * * *", "2018-05-04T00:00:00Z", "2018-05-05T00:00:00+09:00", "2018-05-05T23:45:00+09:00")]
    [InlineData("Asia/Kathmandu", "15 6 * * *", "2026-01-01T00:00:00Z", "2026-01-01T06:15:00+05:45", "2026-01-02T06:15:00+05:45")]
    // When offsets had seconds, which .NET rounds to minutes: -04:56:02.
    [InlineData("America/New_York", "0 12 * * *", "1883-11-18T12:00:00Z", "1883-11-18T12:00:00-04:57", "1883-11-19T12:00:00-05:00")]
    public void I1_zones_whose_clocks_do_unusual_things(string zone, string cron, string after, params string[] expected) =>
        Expect(zone, cron, after, expected);

    [Theory]
    [InlineData("", "0 fields", "'30 2 * * MON-FRI'")]
    [InlineData("* * * *", "4 fields", "must have 5")]
    [InlineData("0 0 0 1 1 ? 2027", "7 fields", "6 with the second first")]
    [InlineData("60 * * * *", "'60' is not a minute", "0 to 59")]
    [InlineData("0 24 * * *", "'24' is not a hour", "0 to 23")]
    [InlineData("61 0 0 * * *", "'61' is not a second", "0 to 59")]
    [InlineData("0 0 0 * *", "'0' is not a day of month", "1 to 31")]
    [InlineData("0 0 1 13 *", "'13' is not a month", "1 to 12 or JAN to DEC")]
    [InlineData("0 0 1 JANUARY *", "'JANUARY' is not a month", "JAN to DEC")]
    [InlineData("0 0 * * 8", "'8' is not a day of week", "0 to 7 or SUN to SAT")]
    [InlineData("0 0 * * L", "'L' is not a day of week", "'FRIL'")]
    [InlineData("0 0 * * FRI#6", "'FRI#6' is not a day of week", "1 to 5")]
    [InlineData("0 0 * * FRI-MON#2", "'FRI-MON' must be one number", "'FRI#2'")]
    [InlineData("0 0 L-31 * *", "'L-31' is not a day of month", "0 to 30")]
    [InlineData("0 0 W * *", "'W' is not a day of month", "1 to 31")]
    [InlineData("*/0 * * * *", "'*/0' is not a minute", "from 1 to 60")]
    [InlineData("*/90 * * * *", "'*/90' is not a minute", "from 1 to 60")]
    [InlineData("? * * * *", "'?' is not a minute", "0 to 59")]
    [InlineData("1,,2 * * * *", "'' is not a minute", "'0,30'")]
    [InlineData("-5 * * * *", "'-5' is not a minute", "0 to 59")]
    [InlineData("1- * * * *", "'1-' is not a minute", "0 to 59")]
    [InlineData("+5 * * * *", "'+5' is not a minute", "0 to 59")]
    [InlineData("٣ * * * *", "'٣' is not a minute", "0 to 59")]
    [InlineData("1/2/3 * * * *", "'1/2/3' is not a minute", "a step")]
    [InlineData("0 0 30 2 *", "no day '30' in month '2'", "never come")]
    [InlineData("0 0 31 APR,JUN ?", "no day '31' in month 'APR,JUN'", "never come")]
    [InlineData("@reboot", "no such word", "@daily")]
    [InlineData("every day", "2 fields", "'*/15 * * * *'")]
    public void I1_what_is_no_expression_is_refused_with_the_field_the_reason_and_what_is_right(string cron, params string[] words)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CronExpression.Parse(cron));
        Assert.Equal("cron", refusal.Parameter);
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
        Assert.False(CronExpression.TryParse(cron, out _));
    }

    [Fact]
    public void Nothing_at_all_and_far_too_much_is_refused()
    {
        Assert.False(CronExpression.TryParse(null, out _));
        var refusal = Assert.Throws<InvalidJobException>(() => CronExpression.Parse(new string('1', 100_000)));
        Assert.InRange(refusal.Message.Length, 1, 500);
    }

    [Fact]
    public void It_is_written_as_it_was_read() => Assert.Equal("0 0 * * mon", CronExpression.Parse(" 0 0 * * mon ").ToString());

    [Fact]
    public void What_is_skipped_year_after_year_never_comes()
    {
        // Clocks are put forward at 02:00 on the second Sunday of March, so that no quarter past two is ever shown on it.
        Assert.Null(CronExpression.Parse("*/15 2 * 3 SUN#2").Next(new(2026, 1, 1, 0, 0, 0, default), TimeZones.Find(NewYork)));
    }

    [Fact]
    public void Time_has_ends()
    {
        var cron = CronExpression.Parse("@daily");
        Assert.Null(cron.Next(DateTimeOffset.MaxValue, TimeZoneInfo.Utc));
        Assert.NotNull(cron.Next(DateTimeOffset.MinValue, TimeZones.Find(NewYork)));
        Assert.Null(cron.Next(new(9989, 12, 31, 12, 0, 0, default), TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_zone_of_ones_own_is_regarded()
    {
        var forward = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new(1, 1, 1, 4, 0, 0), 5, 1);
        var back = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new(1, 1, 1, 4, 0, 0), 9, 1);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromMinutes(20), forward, back);
        var zone = TimeZoneInfo.CreateCustomTimeZone("ours", TimeSpan.FromHours(-3.5), "ours", "ours", "ours in summer", [rule]);
        var cron = CronExpression.Parse("10 4 * * *");
        Assert.Equal(Time("2026-05-01T04:20:00-03:10"), cron.Next(Time("2026-04-30T12:00:00Z"), zone));
    }

    [Theory]
    [InlineData("Mars/Olympus", "use an IANA name such as Europe/Berlin")]
    [InlineData("berlin", "did you mean Europe/Berlin?")]
    [InlineData("New York", "did you mean America/New_York?")]
    [InlineData("", "use an IANA name")]
    [InlineData("../../../etc/hostname", "use an IANA name")]
    [InlineData("/etc/localtime", "use an IANA name")]
    public void I1_a_zone_that_is_not_known_is_refused(string zone, string words)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => TimeZones.Find(zone));
        Assert.Equal("timeZone", refusal.Parameter);
        Assert.Contains($"'{zone}' is not a time zone", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private static void Expect(string zone, string cron, string after, string[] expected)
    {
        var expression = CronExpression.Parse(cron);
        var time = Time(after);
        foreach (string wanted in expected)
        {
            time = expression.Next(time, TimeZones.Find(zone)) ?? throw new InvalidOperationException($"{cron} never comes after {time:O}.");
            // The offset counts, too.
            Assert.Equal(Time(wanted).ToString("O"), time.ToString("O"));
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
