using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Errand;

/// <summary>A piece of JSON that Errand carries without looking into it: an input, a result, a checkpoint, an answer.</summary>
/// <remarks>It is kept as UTF-8, as every store and every surface wants it, so that it is never decoded on the way.</remarks>
public readonly struct JobData : IEquatable<JobData>
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private JobData(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>No value at all (which is not the JSON <c>null</c>).</summary>
    public static JobData None => default;

    /// <summary>The JSON as UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>Whether there is no value.</summary>
    public bool IsNone => _utf8.IsEmpty;

    /// <summary>How many bytes the JSON has.</summary>
    public int Length => _utf8.Length;

    /// <summary>Takes JSON text, after checking that it is JSON.</summary>
    /// <param name="json">The text.</param>
    public static JobData Parse([StringSyntax(StringSyntaxAttribute.Json)] string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Takes JSON as UTF-8, after checking that it is JSON.</summary>
    /// <param name="utf8">The bytes; they must not change afterwards.</param>
    public static JobData Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8.Span);
            while (reader.Read()) reader.TrySkip();
        }
        catch (JsonException e)
        {
            throw new InvalidJobException("input", $"The value is not JSON: {e.Message}", e);
        }
        return new(utf8);
    }

    /// <summary>Takes bytes that are known to be JSON: what a store or a serializer gave.</summary>
    /// <param name="utf8">The bytes; they must not change afterwards.</param>
    public static JobData Trusted(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>Writes a value as JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">How its type is written.</param>
    public static JobData From<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Reads the JSON as a value; <c>default</c> where there is none.</summary>
    /// <param name="type">How the type is read.</param>
    public T? As<T>(JsonTypeInfo<T> type) => IsNone ? default : JsonSerializer.Deserialize(_utf8.Span, type);

    /// <summary>The JSON as an element to look into.</summary>
    public JsonElement ToElement()
    {
        if (IsNone) return default;
        var reader = new Utf8JsonReader(_utf8.Span);
        return JsonElement.ParseValue(ref reader);
    }

    /// <inheritdoc/>
    public bool Equals(JobData other) => _utf8.Span.SequenceEqual(other._utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JobData other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether both hold the same bytes.</summary>
    public static bool operator ==(JobData left, JobData right) => left.Equals(right);

    /// <summary>Whether they hold different bytes.</summary>
    public static bool operator !=(JobData left, JobData right) => !left.Equals(right);

    /// <summary>The JSON text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_utf8.Span);
}
