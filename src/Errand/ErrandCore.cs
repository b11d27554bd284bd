using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>The parts of one Errand in one process, put together. Everything that lives for the whole process is here once.</summary>
internal sealed class ErrandCore : IDisposable
{
    private readonly RetentionSweeper _sweeper;
    private readonly ScheduleTicker _ticker;
    private readonly DependentsReleaser _releaser;
    private bool _stopped;

    public ErrandCore(ErrandParts parts)
    {
        Options = parts.Options;
        Store = parts.Store;
        OutputLog = parts.OutputLog;
        Kinds = parts.Kinds;
        Time = parts.Time;
        Scheduler = parts.Scheduler;
        HostProcesses = parts.HostProcesses;
        Readings = parts.Readings;
        NoticeRules = parts.NoticeRules;
        Notices = new NoticeJobs(this);
        Services = parts.Services;
        Json = parts.Json;
        Logger = parts.Logger;
        NewId = parts.NewId;
        Signals = new JobSignals(Time, Options.PollInterval);
        Runner = Options.RunsJobs ? new JobRunner(this) : null;
        Client = new JobClient(this);
        Queues = new QueueClient(this);
        History = new KindHistory(this);
        Remover = new JobRemover(this);
        _sweeper = new RetentionSweeper(this);
        _ticker = new ScheduleTicker(this);
        Schedules = new ScheduleClient(this, _ticker);
        _releaser = new DependentsReleaser(this);
    }

    public ErrandOptions Options { get; }

    public IJobStore Store { get; }

    public IOutputLog OutputLog { get; }

    public JobKinds Kinds { get; }

    /// <summary>The bodies of calls that wait in the store for their turn.</summary>
    public ParkedBodies ParkedBodies { get; } = new();

    public TimeProvider Time { get; }

    public WorkScheduler Scheduler { get; }

    public IHostProcesses HostProcesses { get; }

    public IResourceReadings Readings { get; }

    /// <summary>Which notices jobs may have; none where they are not set up.</summary>
    public NoticeRules? NoticeRules { get; }

    public NoticeJobs Notices { get; }

    public IServiceProvider Services { get; }

    public JsonSerializerOptions Json { get; }

    public ILogger Logger { get; }

    /// <summary>Makes the ids of jobs and runners; the only chance there is in here.</summary>
    public Func<DateTimeOffset, JobId> NewId { get; }

    public JobSignals Signals { get; }

    public JobRunner? Runner { get; }

    public JobClient Client { get; }

    public IScheduleClient Schedules { get; }

    public QueueClient Queues { get; }

    public KindHistory History { get; }

    public JobRemover Remover { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Store.OpenAsync(cancellationToken);
        Signals.Attach(Store);
        _releaser.Start();
        Runner?.Start();
        if (Runner is null) return;
        _sweeper.Start();
        _ticker.Start();
        await Runner.FirstBeat.WaitAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped) return;
        _stopped = true;
        _sweeper.Stop();
        _ticker.Stop();
        _releaser.Stop();
        if (Runner is not null) await Runner.StopAsync(cancellationToken);
    }

    // The store and the output belong to whoever made them: the host's services.
    public void Dispose()
    {
        Runner?.Abandon();
        _releaser.Dispose();
        Signals.Dispose();
    }

    public void RefuseWhenStopping()
    {
        if (_stopped || Runner?.IsStopping == true) throw new ShuttingDownException();
    }

    /// <summary>Refuses what could not run.</summary>
    public void Check(JobSpec spec)
    {
        JobSpecRules.Check(spec, Time.GetUtcNow(), Options.MaxPayloadBytes);
        if (spec.Notify.Count > 0) CheckNotices(spec.Notify);
        if (Kinds.Find(spec.Kind) is { } kind) kind.CheckInput?.Invoke(spec.Input);
        else if (!Options.RemoteKinds.Contains(spec.Kind)) throw new UnknownJobKindException(spec.Kind, Kinds.Names);
    }

    private void CheckNotices(IReadOnlyList<JobNotice> notices)
    {
        if (NoticeRules is null)
            throw new InvalidJobException(
                "notify", "Notices are not set up in this process. Set them up with AddNotices, beside AddErrand's other parts.");
        NoticeRules.Check(notices);
    }

    /// <summary>The caps that a job of a spec stands under.</summary>
    public IReadOnlyList<JobCap> CapsOf(JobSpec spec) => Options.Caps.Of(spec, Kinds.Find(spec.Kind));

    /// <summary>A job as it is first written.</summary>
    public Job QueuedJob(JobId id, JobSpec spec, DateTimeOffset now) => QueuedJob(id, spec, CapsOf(spec), now);

    /// <summary>A job as it is first written, under caps that are known.</summary>
    public static Job QueuedJob(JobId id, JobSpec spec, IReadOnlyList<JobCap> caps, DateTimeOffset now)
    {
        var job = Job.Queued(id, spec, now);
        return caps.Count == 0 ? job : job with { Caps = caps };
    }
}

/// <summary>What an Errand is put together from.</summary>
internal sealed record ErrandParts
{
    public required ErrandOptions Options { get; init; }

    public required IJobStore Store { get; init; }

    public required IOutputLog OutputLog { get; init; }

    public required JobKinds Kinds { get; init; }

    public required IServiceProvider Services { get; init; }

    public required ILogger Logger { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public WorkScheduler Scheduler { get; init; } = WorkScheduler.Default;

    public IHostProcesses HostProcesses { get; init; } = new HostProcesses();

    public IResourceReadings Readings { get; init; } = ResourceReadings.OfThisSystem;

    public NoticeRules? NoticeRules { get; init; }

    public JsonSerializerOptions Json { get; init; } = ErrandJson.Default;

    public Func<DateTimeOffset, JobId> NewId { get; init; } = JobId.New;
}

/// <summary>How typed inputs and results are written unless the host says otherwise.</summary>
internal static class ErrandJson
{
    public static JsonSerializerOptions Default { get; } = Create();

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Used only where reflection is enabled.")]
    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Used only where reflection is enabled.")]
    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        if (JsonSerializer.IsReflectionEnabledByDefault) options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        return options;
    }
}
