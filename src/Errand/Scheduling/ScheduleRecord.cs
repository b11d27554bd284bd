using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Errand;

/// <summary>A schedule as it is kept, and what is due by it.</summary>
internal sealed record ScheduleRecord
{
    /// <summary>In a job's metadata, the time that a run was for.</summary>
    public const string ScheduledFor = "scheduledFor";

    private static readonly TimeSpan OnTime = TimeSpan.FromMinutes(1);
    private ScheduleTimes? _times;

    public required JobSchedule Schedule { get; init; }

    /// <summary>What the ids of its jobs are made with: the same for every server, and nobody else can foretell them.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What its times are counted from.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>Whatever came due up to then is settled.</summary>
    public required DateTimeOffset Cursor { get; init; }

    public DateTimeOffset? LastRun { get; init; }

    public JobId? LastJob { get; init; }

    public long Runs { get; init; }

    /// <summary>
    /// When it was deleted. The record stays for a while: versions of a new one of the same name would begin anew, and somebody who has read
    /// the old one must not be able to write it over the new one.
    /// </summary>
    public DateTimeOffset? DeletedAt { get; init; }

    [JsonIgnore]
    public ScheduleTimes Times => _times ??= new(Schedule, Begun);

    /// <summary>When it is next worth a look.</summary>
    [JsonIgnore]
    public DateTimeOffset? Due => DeletedAt is not null || Schedule.Paused ? null : Times.Next(Cursor);

    [JsonIgnore]
    public ScheduleStatus Status => new()
    {
        Schedule = Schedule, CreatedAt = CreatedAt, NextRun = Due, LastRun = LastRun, LastJob = LastJob, Runs = Runs,
    };

    public static ScheduleRecord New(JobSchedule schedule, JobId key, DateTimeOffset now) =>
        new() { Schedule = schedule, Key = key.ToString(), CreatedAt = now, Begun = now, Cursor = now };

    /// <summary>The same schedule as somebody wants it now. It keeps its rhythm unless its times have changed.</summary>
    public ScheduleRecord Replaced(JobSchedule schedule, DateTimeOffset now)
    {
        bool sameTimes = TimesOf(Schedule) == TimesOf(schedule);
        var replaced = this with { Schedule = schedule with { Paused = Schedule.Paused }, _times = null };
        // A cursor in the future was written by somebody whose clock was wrong.
        return sameTimes && Cursor <= now ? replaced : replaced with { Begun = sameTimes ? Begun : now, Cursor = now };
    }

    public ScheduleRecord Paused() => Schedule.Paused ? this : this with { Schedule = Schedule with { Paused = true }, _times = null };

    public ScheduleRecord Resumed(DateTimeOffset now) =>
        Schedule.Paused ? this with { Schedule = Schedule with { Paused = false }, Cursor = now, _times = null } : this;

    /// <summary>What is to be started by now, if anything is due.</summary>
    public ScheduleStep? StepAt(DateTimeOffset now)
    {
        if (!(Due <= now)) return null;
        var runs = Times.Latest(Cursor, now, Schedule.MissedRuns == MissedRuns.RunAll ? Schedule.MaxMissedRuns : 1);
        bool isMissed = now - runs[^1] >= OnTime;
        return new(isMissed && Schedule.MissedRuns == MissedRuns.Skip ? [] : runs, runs[^1]);
    }

    /// <summary>The record once a step was taken.</summary>
    public ScheduleRecord After(ScheduleStep step, JobId? lastJob) => this with
    {
        Cursor = step.Cursor, Runs = Runs + step.Runs.Count,
        LastRun = step.Runs.Count > 0 ? step.Runs[^1] : LastRun, LastJob = lastJob ?? LastJob,
    };

    /// <summary>The job of a run: every server that works it out comes to the same id.</summary>
    public (JobId Id, JobSpec Spec) JobFor(DateTimeOffset run)
    {
        Span<byte> moment = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(moment, run.ToUnixTimeMilliseconds());
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(Key), moment, hash);
        double off = BinaryPrimitives.ReadUInt32BigEndian(hash[16..]) / (double)uint.MaxValue;
        var runAt = run + TimeSpan.FromMilliseconds(Math.Floor(Schedule.Jitter.TotalMilliseconds * off));
        string scheduledFor = run.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFzzz", CultureInfo.InvariantCulture);
        var metadata = new Dictionary<string, string>(Schedule.Job.Metadata) { [ScheduledFor] = scheduledFor };
        return (JobId.From(run, hash), Tagged(Schedule) with { Metadata = metadata, RunAt = Schedule.Jitter > TimeSpan.Zero ? runAt : null });
    }

    /// <summary>The job of a run by hand.</summary>
    public static JobSpec Tagged(JobSchedule schedule) => schedule.Job with { Tags = [.. schedule.Job.Tags, JobSchedule.TagOf(schedule.Name)] };

    private static (string?, string?, TimeSpan?, DateTimeOffset?, DateTimeOffset?) TimesOf(JobSchedule schedule) =>
        (schedule.Cron, schedule.TimeZone, schedule.Every, schedule.At, schedule.From);
}

/// <summary>What is to be started, and up to when all is settled once it is.</summary>
internal sealed record ScheduleStep(IReadOnlyList<DateTimeOffset> Runs, DateTimeOffset Cursor);
