using static Errand.Tests.Kinds;
using static Errand.Tests.Scheduling.ScheduleKit;

namespace Errand.Tests.Scheduling;

public sealed class ScheduleRefusalTests
{
    private static readonly DateTimeOffset Begin = ScheduleTexts.Begin;

    public static TheoryData<string, string, JobSchedule> Wrong => new()
    {
        { "name", "such as 'nightly-report'", Every(Hours(1)) with { Name = "" } },
        { "name", "'a b' is not a name", Every(Hours(1)) with { Name = "a b" } },
        { "name", "'a/b' is not a name", Every(Hours(1)) with { Name = "a/b" } },
        { "name", "1 to 100", Every(Hours(1)) with { Name = new('x', 101) } },
        { "cron", "give one of cron (such as '0 2 * * *')", new() { Name = "x", Job = Note } },
        { "every", "cron and every contradict each other", Cron("* * * * *") with { Every = Hours(1) } },
        { "at", "every and at contradict each other", Every(Hours(1)) with { At = Begin + Hours(1) } },
        { "every", "cron and every and at contradict", Cron("* * * * *") with { Every = Hours(1), At = Begin + Hours(1) } },
        { "cron", "'60' is not a minute", Cron("60 * * * *") },
        { "cron", "never come", Cron("0 0 30 2 *") },
        { "timeZone", "use an IANA name such as Europe/Berlin", Cron("* * * * *") with { TimeZone = "Mars/Olympus" } },
        { "timeZone", "leave it out beside every", Every(Hours(1)) with { TimeZone = "Europe/Berlin" } },
        { "every", "from 00:00:01", Every(Seconds(0.999)) },
        { "every", "from 00:00:01", Every(Hours(-1)) },
        { "every", "3660 days", Every(TimeSpan.FromDays(4000)) },
        { "every", "whole milliseconds", Every(TimeSpan.FromTicks(12_345_678)) },
        { "at", "is over", new() { Name = "x", Job = Note, At = Begin - Hours(1) } },
        { "from", "leave them out beside at", new() { Name = "x", Job = Note, At = Begin + Hours(1), From = Begin } },
        { "until", "leave them out beside at", new() { Name = "x", Job = Note, At = Begin + Hours(1), Until = Begin + Hours(2) } },
        { "until", "is over", Every(Hours(1)) with { Until = Begin } },
        { "until", "must be later than from", Every(Hours(1)) with { From = Begin + Hours(3), Until = Begin + Hours(2) } },
        { "until", "would never run", Cron("0 12 * * *") with { Until = Begin + Hours(11) } },
        { "missedRuns", "RunOnce, Skip, RunAll", Every(Hours(1)) with { MissedRuns = (MissedRuns)7 } },
        { "maxMissedRuns", "from 1 to 1000", Every(Hours(1)) with { MaxMissedRuns = 0 } },
        { "maxMissedRuns", "from 1 to 1000", Every(Hours(1)) with { MaxMissedRuns = 1001 } },
        { "jitter", "such as 00:05:00", Every(Hours(1)) with { Jitter = Seconds(-1) } },
        { "jitter", "1 day", Cron("0 12 * * *") with { Jitter = Hours(25) } },
        { "jitter", "longer than the interval", Every(Hours(1)) with { Jitter = Hours(2) } },
        { "job", "new JobSpec", Every(Hours(1)) with { Job = null! } },
        { "job.key", "leave it out", Every(Hours(1)) with { Job = Note with { Key = "k" } } },
        { "job.runAt", "leave it out", Every(Hours(1)) with { Job = Note with { RunAt = Begin + Hours(1) } } },
        { "job.after", "start after no others", Every(Hours(1)) with { Job = Note with { After = [JobDependency.OnEnd(JobId.New(Begin))] } } },
        { "job.batch", "of no batch", Every(Hours(1)) with { Job = Note with { Batch = JobId.New(Begin) } } },
        { "job.parent", "no parent", Every(Hours(1)) with { Job = Note with { Parent = JobId.New(Begin) } } },
        { "job.retryOf", "leave it out", Every(Hours(1)) with { Job = Note with { RetryOf = JobId.New(Begin) } } },
        { "priority", "from -10 to 10", Every(Hours(1)) with { Job = Note with { Priority = 11 } } },
        { "kind", "is not a kind", Every(Hours(1)) with { Job = new("a b") } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void I1_a_schedule_is_refused_with_the_field_the_reason_and_what_is_right(string field, string words, JobSchedule schedule)
    {
        using var errand = Start();
        foreach (bool replace in new[] { false, true })
        {
            var refusal = Assert.Throws<InvalidJobException>(() => errand.Ask(schedules =>
                replace ? schedules.ReplaceAsync(schedule) : schedules.CreateAsync(schedule)));
            Assert.Equal(field, refusal.Parameter);
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
        Assert.Empty(errand.Ask(schedules => schedules.ListAsync()));
    }

    [Fact]
    public void I1_a_kind_that_nobody_knows_is_refused()
    {
        using var errand = Start();
        Assert.Throws<UnknownJobKindException>(() => errand.Create(Every(Hours(1)) with { Job = new("nobody") }));
    }

    [Fact]
    public void I1_a_time_to_come_and_one_with_too_many_runs_cannot_be_made_up_for()
    {
        using var errand = Start();
        errand.Create(Every(Seconds(1)));
        errand.Advance(Hours(1));
        Refused("to", "still to come", Begin, Begin + Hours(2));
        Refused("to", "later than from", Begin + Hours(1), Begin + Hours(1));
        Refused("to", "has more than 1000 runs; ask for less at once, such as up to 2026-01-01T00:16:40", Begin, Begin + Hours(1));

        void Refused(string field, string words, DateTimeOffset from, DateTimeOffset to)
        {
            var refusal = Assert.Throws<InvalidJobException>(() => errand.Ask(schedules => schedules.BackfillAsync("x", from, to)));
            Assert.Equal(field, refusal.Parameter);
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_that_none_can_have_and_a_count_out_of_bounds_are_refused()
    {
        using var errand = Start();
        Assert.Equal("name", Assert.Throws<InvalidJobException>(() => errand.Schedule("../x")).Parameter);
        errand.Create(Every(Hours(1)));
        Assert.Equal("count", Assert.Throws<InvalidJobException>(() => errand.Ask(schedules => schedules.NextTimesAsync("x", 0))).Parameter);
    }
}
