using System.Globalization;
using Errand.Storage;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Tests.Scheduling;

/// <summary>Short ways to say what tests of schedules say often.</summary>
internal static class ScheduleKit
{
    public static JobSpec Note { get; } = new("note");

    /// <summary>A host that knows one kind, whose jobs end at once.</summary>
    public static ErrandTest Start(IJobStore? store = null, int seed = 1) => ErrandTest.Start(AddNote, store, seed);

    public static void AddNote(ErrandBuilder builder) => builder.Add("note", job => Task.CompletedTask);

    /// <summary>A host that knows the kind and runs nothing.</summary>
    public static ErrandTest StartOnlooker(this ErrandTest errand) => errand.StartAnother(builder =>
    {
        AddNote(builder);
        builder.Configure(options => options.RunsJobs = false);
    });

    public static T Ask<T>(this ErrandTest errand, Func<IScheduleClient, ValueTask<T>> call)
    {
        var schedules = errand.Services.GetRequiredService<IScheduleClient>();
        return errand.Run(_ => call(schedules));
    }

    public static ScheduleStatus Create(this ErrandTest errand, JobSchedule schedule) => errand.Ask(schedules => schedules.CreateAsync(schedule));

    public static ScheduleStatus Schedule(this ErrandTest errand, string name = "x") => errand.Ask(schedules => schedules.GetAsync(name));

    /// <summary>All jobs of a schedule, the earliest first.</summary>
    public static IReadOnlyList<Job> Jobs(this ErrandTest errand, string name = "x") =>
        errand.Run(client => client.ListAsync(new() { Tag = JobSchedule.TagOf(name), OldestFirst = true, Limit = JobQuery.MaxLimit })).Items;

    /// <summary>What the jobs of a schedule were for, the earliest first, as hours and minutes since the world began.</summary>
    public static string[] Times(this ErrandTest errand, string name = "x") => [.. errand.Jobs(name).Select(ScheduledFor).Select(ScheduleTexts.Text)];

    public static DateTimeOffset ScheduledFor(this Job job) => DateTimeOffset.Parse(job.Spec.Metadata["scheduledFor"], CultureInfo.InvariantCulture);

    public static JobSchedule Every(TimeSpan time) => new() { Name = "x", Job = Note, Every = time };

    public static JobSchedule Cron(string cron) => new() { Name = "x", Job = Note, Cron = cron };
}

internal static class ScheduleTexts
{
    /// <summary>The world begins with 2026.</summary>
    public static DateTimeOffset Begin { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Text(DateTimeOffset time)
    {
        var since = time - Begin;
        return $"{(int)since.TotalHours:00}:{since:mm}{(since.Seconds > 0 ? $":{since:ss}" : "")}";
    }
}
