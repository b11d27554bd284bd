using FsCheck;
using FsCheck.Fluent;

namespace Errand.Tests.Scheduling;

/// <summary>
/// Any expression, in any of some zones, around a change of clocks: what comes is what somebody finds who looks at the clock every minute.
/// </summary>
public sealed class CronPropertyTests
{
    private static readonly string[] Zones =
    [
        "Australia/Lord_Howe", "America/New_York", "America/Nuuk", "Africa/Casablanca", "Pacific/Apia", "Europe/Dublin", "Asia/Kathmandu",
    ];

    private static Arbitrary<Case> Cases => Arb.From(
        from zone in Gen.Elements(Zones)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Case(zone, seed));

    [Fact]
    public void I1_cron_misses_nothing_and_makes_nothing_up() => Properties.Hold(Prop.ForAll(Cases, given =>
    {
        var found = new List<DateTime>();
        for (var next = given.Next(given.From.AddMinutes(-1)); next < given.To; next = given.Next(next.Value)) found.Add(next.Value.UtcDateTime);
        Assert.Equal(given.SeenOnTheClock(), found);
    }));

    [Fact]
    public void I1_the_next_time_is_later_and_carries_the_offset_of_its_zone() => Properties.Hold(Prop.ForAll(Cases, given =>
    {
        var after = new DateTimeOffset(given.From, TimeSpan.Zero).AddTicks(given.Seed);
        var next = given.Next(after)!.Value;
        Assert.True(next > after);
        Assert.Equal(given.TimeZone.GetUtcOffset(next), next.Offset);
        // From anywhere before it, it is the next one.
        Assert.Equal(next, given.Next(after + ((next - after) * 0.99)));
    }));

    private sealed record Case
    {
        private readonly int[] _minutes, _hours, _days, _months, _weekdays;
        private readonly CronExpression _expression;

        public Case(string zone, int seed)
        {
            (Zone, Seed) = (zone, seed);
            TimeZone = TimeZones.Find(zone);
            var chance = new Random(seed);
            // Years with changes of every one of the zones but the one that has none.
            var changes = Enumerable.Range(2009, 10).SelectMany(ZoneOffsets.Of(TimeZone).ChangesIn).ToArray();
            var near = changes.Length == 0 ? new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc) : changes[chance.Next(changes.Length)];
            From = near.AddMinutes(-chance.Next(2 * 24 * 60));
            To = From.AddDays(3);
            var local = near + TimeZone.GetUtcOffset(near);
            // Half of the numbers are near the change, so that skipped and repeated times are among them.
            int Near(int value, int min, int max) =>
                chance.Next(2) == 0 ? chance.Next(min, max + 1) : Math.Clamp(value + chance.Next(-1, 2), min, max);
            int[] Some(int value, int min, int max) =>
                [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => Near(value, min, max)).Distinct().Order()];
            int[] SomeOrAny(int likely, int value, int min, int max) => chance.Next(likely) > 0 ? [] : Some(value, min, max);
            _minutes = chance.Next(4) == 0 ? [] : Some(local.Minute, 0, 59);
            _hours = chance.Next(3) == 0 ? [] : Some(local.Hour, 0, 23);
            _days = SomeOrAny(4, local.Day, 1, 31);
            _months = SomeOrAny(8, local.Month, 1, 12);
            _weekdays = SomeOrAny(4, (int)local.DayOfWeek, 0, 6);
            // A date that exists.
            if (_days is [> 28]) _months = [];
            int[][] fields = [_minutes, _hours, _days, _months, _weekdays];
            Cron = string.Join(' ', fields.Select(field => field.Length == 0 ? "*" : string.Join(',', field)));
            _expression = CronExpression.Parse(Cron);
        }

        public string Zone { get; }

        public int Seed { get; }

        public string Cron { get; }

        public DateTime From { get; }

        public DateTime To { get; }

        public TimeZoneInfo TimeZone { get; }

        public DateTimeOffset? Next(DateTimeOffset after) => _expression.Next(after, TimeZone);

        public DateTime[] SeenOnTheClock()
        {
            bool followsClock = _minutes.Length == 0 || _hours.Length == 0;
            var latest = Shown(From.AddDays(-2));
            var seen = new List<DateTime>();
            for (var minute = From.AddDays(-2); minute < To; minute = minute.AddMinutes(1))
            {
                var shown = Shown(minute);
                bool comes = followsClock ? Means(shown) : Passed(latest, shown).Any(Means);
                if (comes && minute >= From) seen.Add(minute);
                if (shown > latest) latest = shown;
            }
            return [.. seen];
        }

        /// <summary>What a clock has gone over since its latest time: itself and those that were skipped, or nothing when it was put back.</summary>
        private static IEnumerable<DateTime> Passed(DateTime latest, DateTime shown)
        {
            for (var time = latest.AddMinutes(1); time <= shown; time = time.AddMinutes(1)) yield return time;
        }

        private DateTime Shown(DateTime utc) => utc + TimeZone.GetUtcOffset(utc);

        private bool Means(DateTime time)
        {
            bool day = IsIn(_days, time.Day), weekday = IsIn(_weekdays, (int)time.DayOfWeek);
            bool date = _days.Length > 0 && _weekdays.Length > 0 ? day || weekday : day && weekday;
            return IsIn(_minutes, time.Minute) && IsIn(_hours, time.Hour) && IsIn(_months, time.Month) && date;
        }

        private static bool IsIn(int[] field, int value) => field.Length == 0 || Array.IndexOf(field, value) >= 0;
    }
}
