namespace Errand;

/// <summary>The façade of schedules: checks what comes in, writes it, and wakes the ticker.</summary>
internal sealed class ScheduleClient(ErrandCore core, ScheduleTicker ticker) : IScheduleClient
{
    private const int MostTimes = 1000;
    private readonly ScheduleStore _store = new(core.Store);

    public async ValueTask<ScheduleStatus> CreateAsync(JobSchedule schedule, CancellationToken cancellationToken = default) =>
        await PutAsync(schedule, old => old is null ? null : throw new ScheduleExistsException(schedule.Name), cancellationToken);

    public async ValueTask<ScheduleStatus> ReplaceAsync(JobSchedule schedule, CancellationToken cancellationToken = default) =>
        await PutAsync(schedule, old => old?.Replaced(schedule, ticker.Now), cancellationToken);

    public async ValueTask<ScheduleStatus?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        (await ReadAsync(name, cancellationToken)).Record?.Status;

    public async ValueTask<ScheduleStatus> GetAsync(string name, CancellationToken cancellationToken = default) =>
        (await GetRecordAsync(name, cancellationToken)).Record.Status;

    public async ValueTask<IReadOnlyList<ScheduleStatus>> ListAsync(
        string? after = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        limit = Math.Clamp(limit, 1, MostTimes);
        var found = new List<ScheduleStatus>();
        do
        {
            (var items, after) = await _store.ListAsync(after, limit, cancellationToken);
            found.AddRange(items.Select(Living).OfType<ScheduleRecord>().Select(record => record.Status));
        }
        while (after is not null && found.Count < limit);
        return found.Count <= limit ? found : found[..limit];
    }

    public async ValueTask<IReadOnlyList<DateTimeOffset>> NextTimesAsync(string name, int count, CancellationToken cancellationToken = default)
    {
        if (count is < 1 or > MostTimes)
            throw new InvalidJobException("count", $"{count} times were asked for; it must be from 1 to {MostTimes}, such as 5.");
        var (record, _) = await GetRecordAsync(name, cancellationToken);
        var now = ticker.Now;
        return [.. record.Times.After(record.Cursor > now ? record.Cursor : now).Take(count)];
    }

    public ValueTask<ScheduleStatus> PauseAsync(string name, CancellationToken cancellationToken = default) =>
        UpdateAsync(name, record => record.Paused(), cancellationToken);

    public ValueTask<ScheduleStatus> ResumeAsync(string name, CancellationToken cancellationToken = default) =>
        UpdateAsync(name, record => record.Resumed(ticker.Now), cancellationToken);

    public async ValueTask<Job> RunNowAsync(string name, CancellationToken cancellationToken = default)
    {
        var (record, _) = await GetRecordAsync(name, cancellationToken);
        return await core.Client.SubmitAsync(ScheduleRecord.Tagged(record.Schedule), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Job>> BackfillAsync(
        string name, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        core.RefuseWhenStopping();
        var (record, _) = await GetRecordAsync(name, cancellationToken);
        core.Check(ScheduleRecord.Tagged(record.Schedule));
        var now = ticker.Now;
        if (to <= from) throw new InvalidJobException("to", $"to ({to:O}) must be later than from ({from:O}).");
        if (to > now) throw new InvalidJobException("to", $"The time {to:O} is still to come (it is {now:O}); what comes due then runs by itself.");
        DateTimeOffset[] runs = [.. record.Times.After(from.AddTicks(-1)).TakeWhile(run => run < to).Take(MostTimes + 1)];
        if (runs.Length > MostTimes)
            throw new InvalidJobException("to", $"That time has more than {MostTimes} runs; ask for less at once, such as up to {runs[^1]:O}.");
        var jobs = new List<Job>();
        foreach (var run in runs) jobs.Add(await core.Client.AddRunAsync(record.JobFor(run), cancellationToken));
        return jobs;
    }

    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (record, version) = await ReadAsync(name, cancellationToken);
            if (record is null) return false;
            if (await WriteAsync(record with { DeletedAt = ticker.Now }, version, cancellationToken)) return true;
        }
    }

    /// <summary>Writes a schedule: what becomes of the one that is there, or a new one where that is nothing.</summary>
    private async ValueTask<ScheduleStatus> PutAsync(
        JobSchedule schedule, Func<ScheduleRecord?, ScheduleRecord?> replace, CancellationToken cancellationToken)
    {
        core.RefuseWhenStopping();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(ticker.Now.ToUnixTimeMilliseconds());
        ScheduleRules.Check(schedule, now);
        core.Check(ScheduleRecord.Tagged(schedule));
        while (true)
        {
            var (old, version) = await ReadAsync(schedule.Name, cancellationToken);
            var record = replace(old) ?? ScheduleRecord.New(schedule, core.NewId(now), now);
            if (await WriteAsync(record, version, cancellationToken)) return record.Status;
        }
    }

    private async ValueTask<ScheduleStatus> UpdateAsync(string name, Func<ScheduleRecord, ScheduleRecord> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (record, version) = await GetRecordAsync(name, cancellationToken);
            var changed = change(record);
            if (ReferenceEquals(changed, record) || await WriteAsync(changed, version, cancellationToken)) return changed.Status;
        }
    }

    private async ValueTask<bool> WriteAsync(ScheduleRecord record, long version, CancellationToken cancellationToken)
    {
        if (!await _store.WriteAsync(record, version, cancellationToken)) return false;
        ticker.Changed(record.Schedule.Name);
        await _store.RaiseRevisionAsync(cancellationToken);
        return true;
    }

    private async ValueTask<(ScheduleRecord Record, long Version)> GetRecordAsync(string name, CancellationToken cancellationToken)
    {
        var (record, version) = await ReadAsync(name, cancellationToken);
        return record is null ? throw new ScheduleNotFoundException(name) : (record, version);
    }

    private async ValueTask<(ScheduleRecord? Record, long Version)> ReadAsync(string name, CancellationToken cancellationToken)
    {
        ScheduleRules.CheckName(name);
        if (await _store.ReadAsync(name, cancellationToken) is not { } stored) return (null, 0);
        if (stored.Problem is { } problem)
            throw new StoreRefusedException($"The schedule '{name}' cannot be read ({problem}); was it written by a newer version? Use that one.");
        return (Living(stored), stored.Version);
    }

    private static ScheduleRecord? Living(StoredSchedule stored) => stored.Record is { DeletedAt: null } record ? record : null;
}
