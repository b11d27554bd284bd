using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Commands;

/// <summary>Durations as whole milliseconds.</summary>
internal sealed class MillisecondsConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : TimeSpan.FromMilliseconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options)
    {
        if (value is { } duration) writer.WriteNumberValue((long)duration.TotalMilliseconds);
        else writer.WriteNullValue();
    }
}
