using System.Security.Cryptography;
using System.Text;
using FsCheck.Fluent;

namespace Errand.Tests.Scheduling;

public sealed class ScheduleRecordTests
{
    [Fact]
    public void A_record_of_another_version_is_read_with_what_it_has()
    {
        const string written = """
            {"schedule":{"name":"x","job":{"kind":"sleep","ofTheFuture":1,"retry":{"maxRetries":7}},"cron":"0 2 * * *"},
             "key":"k","createdAt":"2026-01-01T00:00:00Z","begun":"2026-01-01T00:00:00Z","cursor":"2026-01-01T00:00:00Z"}
            """;
        var record = ScheduleDocument.Read(JobData.Parse(written));
        Assert.Equal((JobSpec.LocalOwner, 0), (record.Schedule.Job.Owner, record.Schedule.Job.Tags.Count));
        Assert.Equal((MissedRuns.RunOnce, 100), (record.Schedule.MissedRuns, record.Schedule.MaxMissedRuns));
        Assert.Empty(record.Schedule.Job.After);
        Assert.Empty(record.Schedule.Job.Metadata);
        Assert.Equal(new RetryPolicy { MaxRetries = 7 }, record.Schedule.Job.Retry);
    }

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));
        var job = new JobSpec("sleep", JobData.Parse("{ \"a\": [1, null] }"))
        {
            Title = "t", Owner = "ann", Agent = "agent", Session = "s", Priority = -3, Tags = ["a", "b"],
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
            Limits = JobLimits.None, Retry = RetryPolicy.None,
            Caps = [new("gpu", new() { Running = 1, Rate = new(3, TimeSpan.FromSeconds(1)) { Burst = 2 } })],
            Reuse = JobReuse.Result, Fingerprint = "f", KeepFor = TimeSpan.FromDays(2),
        };
        var schedule = new JobSchedule
        {
            Name = "x", Job = job, Cron = "0 2 * * *", TimeZone = "Europe/Berlin", From = now, Until = now.AddDays(9), MissedRuns = MissedRuns.RunAll,
            MaxMissedRuns = 3, Jitter = TimeSpan.FromSeconds(5), Paused = true,
        };
        var record = ScheduleRecord.New(schedule, JobId.New(now), now) with { LastRun = now, LastJob = JobId.New(now), Runs = 7 };
        var read = ScheduleDocument.Read(ScheduleDocument.Write(record));
        // Whatever it holds: what is written anew is the same to the letter, and is not empty.
        Assert.Equal(ScheduleDocument.Write(record), ScheduleDocument.Write(read));
        Assert.Equal(job.Input, read.Schedule.Job.Input);
        var spec = read.Schedule.Job;
        Assert.Equal((JobReuse.Result, RetryPolicy.None, JobLimits.None), (spec.Reuse, spec.Retry, spec.Limits));
        Assert.Equal(new DateTimeOffset?[] { now, now, now }, [read.LastRun, read.Schedule.From, read.CreatedAt]);
        Assert.Equal(record.LastJob, read.LastJob);
        Assert.Equal(record.JobFor(now).Id, read.JobFor(now).Id);
    }

    [Fact]
    public void The_id_of_a_run_is_its_time_and_what_only_those_can_work_out_who_have_the_key()
    {
        var record = ScheduleRecord.New(ScheduleKit.Every(TimeSpan.FromHours(1)), JobId.New(ScheduleTexts.Begin), ScheduleTexts.Begin);
        var run = ScheduleTexts.Begin.AddHours(3);
        byte[] moment = BitConverter.GetBytes(run.ToUnixTimeMilliseconds());
        Array.Reverse(moment);
        byte[] hash = HMACSHA256.HashData(Encoding.ASCII.GetBytes(record.Key), moment);
        Assert.Equal(JobId.From(run, hash.AsSpan(0, 16)), record.JobFor(run).Id);
        Assert.NotEqual(record.JobFor(run).Id, record.JobFor(run.AddHours(1)).Id);
        Assert.NotEqual(record.JobFor(run).Id, (record with { Key = "other" }).JobFor(run).Id);
    }

    [Fact]
    public void The_latest_times_are_the_last_of_all() => Properties.Hold(Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
    {
        var chance = new Random(seed);
        var schedule = chance.Next(2) == 0
            ? ScheduleKit.Every(TimeSpan.FromSeconds(chance.Next(1, 90)))
            : ScheduleKit.Cron($"*/{chance.Next(1, 20)} {chance.Next(24)} * * *");
        var times = new ScheduleTimes(schedule, ScheduleTexts.Begin);
        var after = ScheduleTexts.Begin.AddSeconds(chance.Next(100_000));
        var upTo = after.AddSeconds(chance.Next(1, 200_000));
        int most = chance.Next(1, 200);
        var all = times.After(after).TakeWhile(time => time <= upTo).ToArray();
        Assert.Equal(all.TakeLast(most), times.Latest(after, upTo, most));
    }), tries: 100);
}
