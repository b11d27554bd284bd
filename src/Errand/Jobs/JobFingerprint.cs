using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Errand;

/// <summary>What makes two requests the same: their kind and their input, however it is written, in one namespace.</summary>
/// <remarks>
/// The input counts as a value, not as text: the order of an object's members, white space and the way a string is escaped make no
/// difference, nor does <c>1.0</c> instead of <c>1</c>. The owner is compared beside the fingerprint.
/// </remarks>
public static class JobFingerprint
{
    /// <summary>The fingerprint of a request.</summary>
    /// <param name="kind">What sort of work it is.</param>
    /// <param name="input">What the work is given.</param>
    /// <param name="space">A namespace: requests of different ones are never the same.</param>
    /// <param name="ignored">Members of the input, at its top, that make no difference.</param>
    public static string Of(string kind, JobData input, string? space = null, IReadOnlyCollection<string>? ignored = null)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(kind);
            writer.WriteStringValue(space);
            if (!input.IsNone) Write(writer, input.ToElement(), ignored);
            writer.WriteEndArray();
        }
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, IReadOnlyCollection<string>? ignored)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    if (ignored?.Contains(member.Name) == true) continue;
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, null);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item, null);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, value);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // Numbers that differ only in how they are written are one; those that no type here can tell apart exactly stay as they are written.
    private static void WriteNumber(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.TryGetDecimal(out decimal number) && number == (decimal)(double)number) writer.WriteNumberValue((double)number);
        else writer.WriteRawValue(Encoding.UTF8.GetBytes(value.GetRawText()));
    }
}
