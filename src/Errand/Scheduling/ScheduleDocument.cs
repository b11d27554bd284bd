using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Errand;

/// <summary>
/// How schedules are written in the store. Older and newer versions read each other's: what is unknown is passed over, what is missing has its
/// default.
/// </summary>
internal static class ScheduleDocument
{
    private static readonly JsonObject Schedule = Written(new JobSchedule { Name = "", Job = null! }, ScheduleJson.Default.JobSchedule);
    private static readonly JsonObject Job = Written(new JobSpec { Kind = "" }, ScheduleJson.Default.JobSpec);
    private static readonly JsonObject Retry = Written(new RetryPolicy(), ScheduleJson.Default.RetryPolicy);

    public static JobData Write(ScheduleRecord record) => JobData.From(record, ScheduleJson.Default.ScheduleRecord);

    /// <summary>Reads a record. What is missing of an init-only property would be null or zero to generated code, whatever its default is.</summary>
    public static ScheduleRecord Read(JobData data)
    {
        var record = JsonNode.Parse(data.Utf8.Span);
        var schedule = Complete(record?["schedule"], Schedule);
        var job = Complete(schedule?["job"], Job);
        Complete(job?["retry"], Retry);
        var read = record.Deserialize(ScheduleJson.Default.ScheduleRecord);
        return read is { Schedule.Job: not null } ? read : throw new JsonException("It says nothing.");
    }

    private static JsonObject Written<T>(T value, JsonTypeInfo<T> type) => (JsonObject)JsonSerializer.SerializeToNode(value, type)!;

    private static JsonNode? Complete(JsonNode? node, JsonObject defaults)
    {
        if (node is JsonObject found)
            foreach (var (name, value) in defaults) found.TryAdd(name, value?.DeepClone());
        return node;
    }
}
