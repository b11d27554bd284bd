using System.Buffers;

namespace Errand;

/// <summary>What a schedule must be like before it is kept.</summary>
internal static class ScheduleRules
{
    private const int MaxName = 100;
    private const int MostMissedRuns = 1000;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);
    private static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Refuses what is wrong in itself, whatever the job is.</summary>
    public static void Check(JobSchedule schedule, DateTimeOffset now)
    {
        CheckName(schedule.Name);
        CheckJob(schedule.Job);
        CheckOneOf(schedule);
        if (schedule.Every is { } every) CheckEvery(every);
        if (schedule.At <= now)
            throw Refused("at", $"The time {schedule.At:O} is over (it is {now:O}); give one to come, or submit the job at once.");
        CheckBounds(schedule, now);
        CheckMissedRuns(schedule);
        CheckJitter(schedule);
        if (new ScheduleTimes(schedule, now).Next(now) is not null) return;
        string bound = schedule.Until is { } until ? $" and up to {until:O}" : "";
        throw Refused(schedule.Until is null ? "cron" : "until", $"The schedule would never run: none of its times lies after {now:O}{bound}.");
    }

    public static void CheckName(string? name)
    {
        bool legal = name is { Length: > 0 and <= MaxName } && !name.AsSpan().ContainsAnyExcept(NameLetters);
        if (!legal)
            throw Refused("name", $"'{name}' is not a name; it has 1 to {MaxName} letters, digits, '-', '_' and '.', such as 'nightly-report'.");
    }

    private static void CheckOneOf(JobSchedule schedule)
    {
        string[] given = [.. new[] { (schedule.Cron is not null, "cron"), (schedule.Every is not null, "every"), (schedule.At is not null, "at") }
            .Where(field => field.Item1).Select(field => field.Item2)];
        if (given.Length == 0)
            throw Refused("cron", "Nothing says when it runs; give one of cron (such as '0 2 * * *'), every (such as 00:15:00) and at.");
        if (given.Length > 1)
            throw Refused(given[1], $"{string.Join(" and ", given)} contradict each other; give one of them, such as cron '0 2 * * *'.");
        if (schedule.TimeZone is not null && schedule.Cron is null)
            throw Refused("timeZone", $"A time zone says whose clocks cron means; leave it out beside {given[0]}.");
    }

    private static void CheckEvery(TimeSpan every)
    {
        if (every < Shortest || every > Longest)
            throw Refused("every", $"The interval is {every}; it must be from {Shortest} to {Longest.Days} days, such as 00:15:00.");
        if (every.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw Refused("every", $"The interval is {every}; it must be in whole milliseconds, such as 00:00:01.500.");
    }

    private static void CheckBounds(JobSchedule schedule, DateTimeOffset now)
    {
        if (schedule.At is not null && (schedule.From ?? schedule.Until) is not null)
            throw Refused(schedule.From is null ? "until" : "from", "from and until bound what recurs; leave them out beside at.");
        if (schedule.Until <= now) throw Refused("until", $"The time {schedule.Until:O} is over (it is {now:O}); give one to come, or leave it out.");
        if (schedule.Until <= schedule.From) throw Refused("until", $"until ({schedule.Until:O}) must be later than from ({schedule.From:O}).");
    }

    private static void CheckMissedRuns(JobSchedule schedule)
    {
        if (!Enum.IsDefined(schedule.MissedRuns))
            throw Refused("missedRuns", $"'{schedule.MissedRuns}' is not a policy; there are {string.Join(", ", Enum.GetNames<MissedRuns>())}.");
        if (schedule.MaxMissedRuns is < 1 or > MostMissedRuns)
            throw Refused("maxMissedRuns", $"MaxMissedRuns is {schedule.MaxMissedRuns}; it must be from 1 to {MostMissedRuns}, such as 100.");
    }

    private static void CheckJitter(JobSchedule schedule)
    {
        if (schedule.Jitter < TimeSpan.Zero || schedule.Jitter > LongestJitter)
            throw Refused("jitter", $"The jitter is {schedule.Jitter}; it must be from 00:00:00 to 1 day, such as 00:05:00.");
        if (schedule.Jitter > schedule.Every)
            throw Refused("jitter", $"The jitter ({schedule.Jitter}) is longer than the interval ({schedule.Every}); choose less, such as 00:00:30.");
    }

    /// <summary>What a run sets itself, and what names other jobs, cannot be the same for all runs.</summary>
    private static void CheckJob(JobSpec? job)
    {
        if (job is null) throw Refused("job", "Nothing says what runs; give a job, such as new JobSpec(\"report\").");
        if (job.Key is not null) throw Refused("job.key", "All runs would have the key, and be one job; leave it out: each is started once.");
        if (job.RunAt is not null) throw Refused("job.runAt", "The schedule says when its jobs run; leave it out.");
        if (job.After.Count > 0) throw Refused("job.after", "Jobs of a schedule start after no others; submit those from within its job.");
        if (job.Batch is not null) throw Refused("job.batch", "Jobs of a schedule are of no batch; submit a batch from within its job.");
        if (job.Parent is not null) throw Refused("job.parent", "Jobs of a schedule have no parent, which would take them along; leave it out.");
        if (job.RetryOf is not null) throw Refused("job.retryOf", "Jobs of a schedule do no other job again; leave it out.");
    }

    private static InvalidJobException Refused(string parameter, string message) => new(parameter, message);
}
