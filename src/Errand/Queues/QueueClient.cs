using System.Text.Json;
using System.Text.Json.Serialization;
using Errand.Storage;

namespace Errand;

/// <summary>Keeps each gate as a record in the store, where every claim and every add sees it.</summary>
internal sealed class QueueClient(ErrandCore core) : IQueueClient
{
    private const int PageSize = 100;
    private static readonly (string Prefix, QueueGateState State)[] Gates =
        [(StoreRecord.Paused, QueueGateState.Paused), (StoreRecord.Draining, QueueGateState.Draining)];

    public ValueTask PauseAsync(string? kind, string by, CancellationToken cancellationToken = default) =>
        CloseAsync(StoreRecord.Paused, kind, by, cancellationToken);

    public ValueTask DrainAsync(string? kind, string by, CancellationToken cancellationToken = default) =>
        CloseAsync(StoreRecord.Draining, kind, by, cancellationToken);

    public async ValueTask ResumeAsync(string? kind, CancellationToken cancellationToken = default)
    {
        if (kind is not null) JobSpecRules.CheckKind(kind);
        foreach (var (prefix, _) in Gates)
        {
            if (kind is not null) await OpenAsync(prefix + kind, cancellationToken);
            else
                while (await core.Store.ListRecordsAsync(prefix, null, PageSize, cancellationToken) is { Count: > 0 } page)
                    foreach (var (name, _) in page) await OpenAsync(name, cancellationToken);
        }
        core.Runner?.RingPump();
    }

    public async ValueTask<IReadOnlyList<QueueGate>> GatesAsync(CancellationToken cancellationToken = default)
    {
        List<QueueGate> gates = [];
        foreach (var (prefix, state) in Gates)
        {
            string? after = null;
            while (await core.Store.ListRecordsAsync(prefix, after, PageSize, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var (name, record) in page)
                {
                    var note = record.Value.As(GateJson.Default.GateNote);
                    gates.Add(new(name[prefix.Length..], state, note?.By ?? "", note?.At ?? default));
                }
                after = page[^1].Name;
            }
        }
        return gates;
    }

    public ValueTask<IReadOnlyList<CapUse>> CapsAsync(
        string prefix = "", string? after = null, int limit = 100, CancellationToken cancellationToken = default) =>
        core.Store.ListCapsAsync(prefix, after, limit, cancellationToken);

    private async ValueTask CloseAsync(string prefix, string? kind, string by, CancellationToken cancellationToken)
    {
        if (kind is not null) JobSpecRules.CheckKind(kind);
        if (string.IsNullOrWhiteSpace(by)) throw new InvalidJobException("by", "It must be said who pauses or drains.");
        string name = prefix + kind;
        var note = JobData.From(new GateNote(by, core.Time.GetJobTime()), GateJson.Default.GateNote);
        // Where it is closed already, whoever closed it first stays on record.
        while (await core.Store.ReadRecordAsync(name, cancellationToken) is null)
            if (await core.Store.WriteRecordAsync(name, 0, note, cancellationToken)) return;
    }

    private async ValueTask OpenAsync(string name, CancellationToken cancellationToken)
    {
        while (await core.Store.ReadRecordAsync(name, cancellationToken) is { } record)
            if (await core.Store.WriteRecordAsync(name, record.Version, JobData.None, cancellationToken)) return;
    }
}

/// <summary>Who closed a gate, and when.</summary>
internal sealed record GateNote(string By, DateTimeOffset At);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GateNote))]
internal sealed partial class GateJson : JsonSerializerContext;
