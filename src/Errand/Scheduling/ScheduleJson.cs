using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand;

/// <summary>The types of a schedule's document.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(ScheduleInputConverter), typeof(ScheduleIdConverter)])]
[JsonSerializable(typeof(ScheduleRecord))]
internal sealed partial class ScheduleJson : JsonSerializerContext;

/// <summary>JSON within a document, as base 64: neither its white space nor its depth must matter to the document around it.</summary>
internal sealed class ScheduleInputConverter : JsonConverter<JobData>
{
    public override bool HandleNull => true;

    public override JobData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? JobData.None : JobData.Trusted(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, JobData value, JsonSerializerOptions options)
    {
        if (value.IsNone) writer.WriteNullValue();
        else writer.WriteBase64StringValue(value.Utf8.Span);
    }
}

/// <summary>Ids as their text.</summary>
internal sealed class ScheduleIdConverter : JsonConverter<JobId>
{
    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JobId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
