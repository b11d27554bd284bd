using System.Text.Json;
using Errand.Storage;

namespace Errand;

/// <summary>Schedules in the store: a record for each, and one that changes whenever somebody has changed any of them.</summary>
internal sealed class ScheduleStore(IJobStore store)
{
    private const string Prefix = "schedule/";
    private const string Revision = "schedules";

    /// <summary>A schedule with the version that it is to be written over. A deleted one is answered, too.</summary>
    public async ValueTask<StoredSchedule?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        await store.ReadRecordAsync(Prefix + name, cancellationToken) is { } record ? Parse(name, record) : null;

    /// <summary>Writes a schedule over the version that was read.</summary>
    public ValueTask<bool> WriteAsync(ScheduleRecord record, long version, CancellationToken cancellationToken = default) =>
        store.WriteRecordAsync(Prefix + record.Schedule.Name, version, ScheduleDocument.Write(record), cancellationToken);

    /// <summary>Forgets a deleted schedule for good.</summary>
    public ValueTask<bool> RemoveAsync(StoredSchedule deleted) => store.WriteRecordAsync(Prefix + deleted.Name, deleted.Version, JobData.None);

    /// <summary>The schedules after a name, deleted ones among them, and the name to go on after.</summary>
    public async ValueTask<(IReadOnlyList<StoredSchedule> Items, string? Next)> ListAsync(
        string? after, int limit, CancellationToken cancellationToken = default)
    {
        var records = await store.ListRecordsAsync(Prefix, after is null ? null : Prefix + after, limit, cancellationToken);
        var items = records.Select(named => Parse(named.Name[Prefix.Length..], named.Record)).ToArray();
        return (items, records.Count < limit ? null : items[^1].Name);
    }

    /// <summary>A number that changes whenever somebody has changed a schedule.</summary>
    public async ValueTask<long> RevisionAsync() => (await store.ReadRecordAsync(Revision))?.Version ?? 0;

    /// <summary>Lets other processes know that a schedule was changed.</summary>
    public async ValueTask RaiseRevisionAsync(CancellationToken cancellationToken)
    {
        // Whoever wins the race has raised it for all.
        long version = (await store.ReadRecordAsync(Revision, cancellationToken))?.Version ?? 0;
        await store.WriteRecordAsync(Revision, version, JobData.Trusted("true"u8.ToArray()), cancellationToken);
    }

    private static StoredSchedule Parse(string name, StoreRecord record)
    {
        try
        {
            var read = ScheduleDocument.Read(record.Value);
            // Such as a time zone that this system does not know.
            _ = read.Times;
            return new(name, record.Version, read, null);
        }
        catch (Exception e) when (e is JsonException or JobException or InvalidOperationException)
        {
            return new(name, record.Version, null, e.Message);
        }
    }
}

/// <summary>A schedule as it was read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version that it is to be written over.</param>
/// <param name="Record">The schedule, where it can be read.</param>
/// <param name="Problem">Why it cannot be read.</param>
internal sealed record StoredSchedule(string Name, long Version, ScheduleRecord? Record, string? Problem);
