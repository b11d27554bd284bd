namespace Errand.Tests.Scheduling;

/// <summary>What comes next, as croner has it: around every change of the clocks of zones that do unusual things, over twenty years.</summary>
public sealed class CronOracleTests
{
    private const int FirstYear = 2016, EndYear = 2036;

    private static readonly ZoneYears[] Zones =
    [
        .. new[]
        {
            "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran", "Europe/London",
            "America/New_York", "Antarctica/Troll", "Africa/Cairo", "Asia/Gaza", "Europe/Dublin", "Pacific/Chatham", "Etc/UTC", "America/Nuuk",
            "Asia/Pyongyang", "America/Caracas", "Atlantic/Azores",
        }.Select(zone => new ZoneYears(zone, FirstYear, EndYear)),
        // A day of its own was left out at the end of 2011.
        new("Pacific/Apia", 2010, EndYear),
    ];

    /// <summary>Where we know better than the oracle, or differently, and why. Each must be met at least once.</summary>
    private static readonly KnownDifference[] Known =
    [
        new("A skipped time comes just after the gap, also where that is the next day: the oracle leaves it out.",
            (_, change, theirs, ours) => ours.Except(theirs).All(time => time == change.At) && theirs.Except(ours).All(time => time == theirs[^1])
                && LocalEnd(change).Date > (change.At + change.Before).Date),
        new("A star with a step restricts no days, as in Vixie's cron, so that both fields of days must hold: the oracle takes either.",
            (asked, _, theirs, ours) => asked.Cron == "0 0 */2 * 1" && ours.All(time => time.Day % 2 == 1 && time.DayOfWeek == DayOfWeek.Monday)),
    ];

    [Fact]
    public void I1_cron_agrees_with_another_implementation_around_every_change_of_clocks()
    {
        int seed = Seeds.New();
        var chance = new Random(seed);
        var changes = Croner.Changes(Zones);
        var questions = new List<(CronQuestion Asked, ZoneChange Change)>();
        for (int i = 0; i < Zones.Length; i++)
        {
            var strange = YearsOfOtherData(Zones[i], changes[i]);
            foreach (var change in changes[i].Where(change => !strange.Contains(change.At.Year))) AskAround(change, Zones[i].Zone, questions, chance);
            AskAnywhere(Zones[i], strange, questions, chance);
        }
        Compare(questions);
    }

    /// <summary>The years around which the system and Node have different data: nothing can be compared there.</summary>
    private static HashSet<int> YearsOfOtherData(ZoneYears years, ZoneChange[] theirs)
    {
        var zone = TimeZones.Find(years.Zone);
        var ours = Enumerable.Range(years.FirstYear, years.EndYear - years.FirstYear).SelectMany(ZoneOffsets.Of(zone).ChangesIn)
            .Select(at => new ZoneChange(at, zone.GetUtcOffset(at.AddSeconds(-1)), zone.GetUtcOffset(at)));
        var differing = ours.Except(theirs).Concat(theirs.Except(ours)).Select(change => change.At.Year).Distinct().Order().ToArray();
        if (differing.Length == 0) return [];
        string told = $"{years.Zone}: the time zone data of this system and Node's ({Croner.Data}) differ in {string.Join(", ", differing)}.";
        TestContext.Current.TestOutputHelper!.WriteLine(told);
        Assert.True(differing.Length < (years.EndYear - years.FirstYear) / 2, $"{told} Is the data of this system very old?");
        return [.. differing.SelectMany(year => new[] { year - 1, year, year + 1 })];
    }

    private static void AskAround(ZoneChange change, string zone, List<(CronQuestion, ZoneChange)> questions, Random chance)
    {
        // What the clocks show on the one side of the change and on the other.
        DateTime a = change.At + change.Before, b = LocalEnd(change);
        var (first, last) = a < b ? (a, b) : (b, a);
        var within = first.AddMinutes(chance.Next((int)(last - first).TotalMinutes));
        var random = new RandomCron(chance);
        string[] crons =
        [
            $"{within.Minute} {within.Hour} * * *", $"{within.Minute} {within.Hour} {within.Day} {within.Month} *",
            $"{first.Minute} {first.Hour} * * *",
            $"{last.Minute} {last.Hour} * * *", $"{within.Second} {within.Minute},{(within.Minute + 7) % 60} {within.Hour} * * *",
            $"*/15 {within.Hour} * * *", $"{within.Minute} * * * *", $"{within.Minute} */2 * * *", "*/30 * * * *", $"{within.Minute} 0-23 * * *",
            $"{within.Minute} {within.Hour} * * {(int)within.DayOfWeek}", $"0 {within.Hour},{(within.Hour + 1) % 24} * * *", "*/20 * * * * *",
            $"*/10 {within.Minute} {within.Hour} * * *", $"0 0-59/20 {within.Hour} * * *", "0 0 * * *", "@hourly",
            random.Next(), random.Next(), random.Next(), random.Next(),
        ];
        var at = new DateTimeOffset(change.At, TimeSpan.Zero);
        foreach (string cron in crons)
        {
            questions.Add((new(zone, cron, at.AddHours(-26), 3), change));
            questions.Add((new(zone, cron, at.AddSeconds(-1), 1), change));
            questions.Add((new(zone, cron, at.AddMinutes(chance.Next(0, 70)), 1), change));
        }
    }

    private static void AskAnywhere(ZoneYears years, HashSet<int> strange, List<(CronQuestion, ZoneChange)> questions, Random chance)
    {
        var random = new RandomCron(chance);
        for (int i = 0; i < 60; i++)
        {
            var after = new DateTimeOffset(years.From.AddSeconds(chance.Next((int)(years.To.AddYears(-2) - years.From).TotalSeconds)), TimeSpan.Zero);
            if (strange.Contains(after.Year)) continue;
            string cron = i == 0 ? "0 0 */2 * 1" : random.Next();
            questions.Add((new(years.Zone, cron, after, 4), new(after.UtcDateTime, default, default)));
        }
    }

    private static void Compare(List<(CronQuestion Asked, ZoneChange Change)> questions)
    {
        var theirs = Croner.Next([.. questions.Select(question => question.Asked)]);
        var used = new HashSet<KnownDifference>();
        var problems = new List<string>();
        for (int i = 0; i < theirs.Length; i++)
        {
            var (asked, change) = questions[i];
            var ours = asked.Ours();
            if (ours.SequenceEqual(theirs[i])) continue;
            if (Known.FirstOrDefault(difference => difference.Explains(asked, change, theirs[i], ours)) is { } known) used.Add(known);
            else problems.Add($"{asked}\n  theirs {string.Join(", ", theirs[i])}\n  ours   {string.Join(", ", ours)}");
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{questions.Count} questions, {theirs.Sum(times => times.Length)} times.");
        Assert.True(problems.Count == 0, $"{problems.Count} of {questions.Count} differ, such as\n{string.Join('\n', problems.Take(20))}");
        Assert.Equal(Known, used.OrderBy(known => Array.IndexOf(Known, known)));
        Assert.InRange(questions.Count, 10_000, int.MaxValue);
    }

    private static DateTime LocalEnd(ZoneChange change) => change.At + change.After;

    private sealed record KnownDifference(string Reason, Func<CronQuestion, ZoneChange, DateTimeOffset[], DateTimeOffset[], bool> Explains);
}
