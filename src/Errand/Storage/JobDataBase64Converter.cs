using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Storage;

/// <summary>
/// Writes <see cref="JobData"/> into a document of a store as base 64: neither its white space nor its depth must matter to the document around it.
/// </summary>
public sealed class JobDataBase64Converter : JsonConverter<JobData>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override JobData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? JobData.None : JobData.Trusted(reader.GetBytesFromBase64());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JobData value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsNone) writer.WriteNullValue();
        else writer.WriteBase64StringValue(value.Utf8.Span);
    }
}
