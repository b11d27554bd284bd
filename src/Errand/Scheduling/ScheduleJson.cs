using System.Text.Json;
using System.Text.Json.Serialization;
using Errand.Storage;

namespace Errand;

/// <summary>The types of a schedule's document.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(JobDataBase64Converter), typeof(ScheduleIdConverter)])]
[JsonSerializable(typeof(ScheduleRecord))]
internal sealed partial class ScheduleJson : JsonSerializerContext;

/// <summary>Ids as their text.</summary>
internal sealed class ScheduleIdConverter : JsonConverter<JobId>
{
    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JobId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
