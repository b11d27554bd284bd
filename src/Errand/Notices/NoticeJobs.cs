using System.Security.Cryptography;
using System.Text;
using Errand.Diagnostics;
using Errand.Storage;

namespace Errand;

/// <summary>Makes the jobs that tell of other jobs. Each has a key made of what it tells to whom, so that nothing is told twice.</summary>
internal sealed class NoticeJobs(ErrandCore core)
{
    private const int Priority = 10;
    private const int LongestTitle = 200;

    /// <summary>The jobs that tell of the end of a job: they start after it.</summary>
    /// <param name="job">The job; it is in the store, or is added before them.</param>
    /// <param name="notices">Whom they tell.</param>
    public IEnumerable<Job> OfEnd(Job job, IReadOnlyList<JobNotice> notices) => Of(job, notices, JobNoticeEvents.End, "end", NoticeTypes.Ended, null);

    /// <summary>The jobs that tell that a job waits for an answer.</summary>
    /// <param name="job">The job.</param>
    /// <param name="question">The key of its question.</param>
    public IReadOnlyList<Job> OfInput(Job job, string question) =>
        [.. Of(job, job.Spec.Notify, JobNoticeEvents.Input, $"input/{question}", NoticeTypes.Waiting, question)];

    /// <summary>Jobs, and after them what tells of their ends.</summary>
    public IReadOnlyList<Job> WithNotices(IReadOnlyList<Job> jobs, Func<Job, bool> which)
    {
        List<Job>? all = null;
        foreach (var job in jobs)
            if (job.Spec.Notify.Count > 0 && which(job)) (all ??= [.. jobs]).AddRange(OfEnd(job, job.Spec.Notify));
        return all ?? jobs;
    }

    /// <summary>Counts what was added from a place on.</summary>
    public static void Count(IReadOnlyList<AddResult> results, int from)
    {
        for (int i = from; i < results.Count; i++)
            if (results[i].Added) ErrandTelemetry.Submitted(results[i].Job);
    }

    private IEnumerable<Job> Of(Job job, IReadOnlyList<JobNotice> notices, JobNoticeEvents on, string about, string type, string? question)
    {
        foreach (var notice in notices)
        {
            if (!notice.On.HasFlag(on)) continue;
            var now = core.Time.GetJobTime();
            string kind = notice.CommandName is null ? NoticeKinds.Webhook : NoticeKinds.Command;
            var input = new NoticeInput(type, job.Id.ToString(), question, notice.Url, notice.CommandName);
            var spec = new JobSpec(kind, JobData.From(input, NoticeJson.Default.NoticeInput))
            {
                Title = TitleOf(job, type),
                Owner = job.Owner,
                Agent = job.Spec.Agent,
                Priority = Priority,
                Key = $"notice/{job.Id}/{about}/{NameOf(notice)}",
                After = on == JobNoticeEvents.End ? [JobDependency.OnEnd(job.Id)] : [],
                TraceParent = job.Spec.TraceParent,
            };
            // Under no cap, which might refuse it and the job with it. What goes with work that is under way is so, too: no drain refuses it.
            yield return Job.Queued(core.NewId(now), spec, now) with { PromotedAt = job.Phase == JobPhase.Queued ? null : now };
        }
    }

    private static string TitleOf(Job job, string type)
    {
        string title = job.Spec.Title ?? job.Kind;
        return $"{type}: {(title.Length > LongestTitle ? title[..LongestTitle] : title)}";
    }

    // Shorter than an address, and it shows nothing of it.
    private static string NameOf(JobNotice notice) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Url ?? $"command {notice.CommandName}")).AsSpan(0, 8));
}
