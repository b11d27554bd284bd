using System.Collections.Concurrent;

namespace Errand;

/// <summary>
/// Starts the runs of schedules. It knows when each is due, and reads and writes a schedule only then. Every server does so: a run's job is
/// added first, under an id that all come to, then the schedule is moved on by whoever is first. A crash between loses nothing.
/// </summary>
internal sealed partial class ScheduleTicker(ErrandCore core)
{
    private const int PageSize = 500;
    private const int AtOnce = 32;
    // Others tell of their changes by a revision. It is not raised by a process that dies just after a change.
    private static readonly TimeSpan ListInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TroubleDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DeletedFor = TimeSpan.FromDays(1);
    private readonly ScheduleStore _store = new(core.Store);
    private readonly DueClock _clock = new(core.Time);
    private readonly WakeUp _bell = new(core.Time);
    private readonly ConcurrentQueue<string> _changed = new();
    private Dictionary<string, DateTimeOffset> _due = [];
    private DateTimeOffset? _earliest;
    private long _revision = -1;
    private long? _lookedAt;
    private long _listedAt;
    private volatile bool _started;
    private volatile bool _stopped;

    /// <summary>The time by which schedules come due: it never runs back.</summary>
    public DateTimeOffset Now => _clock.Now;

    private DateTimeOffset Earliest => _earliest ??= _due.Count == 0 ? DateTimeOffset.MaxValue : _due.Values.Min();

    public void Start()
    {
        _started = true;
        _ = core.Scheduler.Run(LoopAsync);
    }

    public void Stop()
    {
        _stopped = true;
        _bell.Ring();
    }

    /// <summary>A schedule was changed by this process, which may be one that starts no runs.</summary>
    public void Changed(string name)
    {
        if (!_started) return;
        _changed.Enqueue(name);
        _bell.Ring();
    }

    private async Task LoopAsync()
    {
        while (!_stopped)
        {
            var pause = core.Options.PollInterval;
            try
            {
                await LookForChangesAsync();
                pause = await TickAsync();
            }
            catch (Exception e)
            {
                Log.LoopFailed(core.Logger, e.Message);
            }
            await _bell.SleepAsync(pause);
        }
    }

    private async ValueTask LookForChangesAsync()
    {
        long now = core.Time.GetTimestamp();
        if (_lookedAt is not { } lookedAt || core.Time.GetElapsedTime(lookedAt, now) >= core.Options.PollInterval)
        {
            long revision = await _store.RevisionAsync();
            if (revision != _revision || core.Time.GetElapsedTime(_listedAt, now) >= ListInterval) await ListAsync(revision, now);
            _lookedAt = now;
        }
        while (_changed.TryDequeue(out string? name)) Note(name, await LookAtAsync(name));
    }

    private async ValueTask ListAsync(long revision, long now)
    {
        var due = new Dictionary<string, DateTimeOffset>();
        string? after = null;
        do
        {
            (var page, after) = await _store.ListAsync(after, PageSize);
            foreach (var stored in page)
            {
                if (DueOf(stored) is { } time) due[stored.Name] = time;
                if (stored.Record?.DeletedAt < Now - DeletedFor) await _store.RemoveAsync(stored);
            }
        }
        while (after is not null);
        (_due, _earliest, _revision, _listedAt) = (due, null, revision, now);
    }

    private async ValueTask<DateTimeOffset?> LookAtAsync(string name) => await _store.ReadAsync(name) is { } stored ? DueOf(stored) : null;

    /// <summary>When this process should look at a schedule again; never where its jobs are of a kind that is not known here.</summary>
    private DateTimeOffset? DueOf(StoredSchedule stored)
    {
        if (stored.Record is not { } record)
        {
            Log.NotUnderstood(core.Logger, stored.Name, stored.Problem!);
            return null;
        }
        string kind = record.Schedule.Job.Kind;
        return core.Kinds.Find(kind) is not null || core.Options.RemoteKinds.Contains(kind) ? record.Due : null;
    }

    /// <summary>Starts what is due.</summary>
    /// <returns>How long there is nothing to do.</returns>
    private async ValueTask<TimeSpan> TickAsync()
    {
        if (Earliest <= Now) await TickDueAsync(Now);
        var pause = Earliest - Now;
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause < core.Options.PollInterval ? pause : core.Options.PollInterval;
    }

    private async ValueTask TickDueAsync(DateTimeOffset now)
    {
        var due = _due.Where(entry => entry.Value <= now).OrderBy(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal);
        foreach (string[] some in due.Select(entry => entry.Key).ToArray().Chunk(AtOnce))
        {
            if (_stopped) return;
            var next = await Task.WhenAll(some.Select(TickAsync));
            for (int i = 0; i < some.Length; i++) Note(some[i], next[i]);
        }
    }

    private void Note(string name, DateTimeOffset? due)
    {
        _earliest = null;
        if (due is { } time) _due[name] = time;
        else _due.Remove(name);
    }

    /// <summary>Starts what is due of one schedule, as it is now.</summary>
    /// <returns>When it is due again.</returns>
    private async Task<DateTimeOffset?> TickAsync(string name)
    {
        try
        {
            if (await _store.ReadAsync(name) is not { } stored || DueOf(stored) is not { } due) return null;
            var record = stored.Record!;
            if (record.StepAt(Now) is not { } step) return due;
            JobId? last = null;
            foreach (var run in step.Runs) last = (await core.Client.AddRunAsync(record.JobFor(run), CancellationToken.None)).Id;
            var after = record.After(step, last);
            // Somebody else was faster: look again at what there is now.
            if (!await _store.WriteAsync(after, stored.Version)) return Now;
            Log.Ran(core.Logger, name, step.Runs.Count, step.Cursor);
            return after.Due;
        }
        catch (StoreUnavailableException e)
        {
            Log.LoopFailed(core.Logger, e.Message);
            return Now + core.Options.PollInterval;
        }
        catch (Exception e)
        {
            Log.NotStarted(core.Logger, name, e.Message);
            return Now + TroubleDelay;
        }
    }
}
