using System.Text.Json;

namespace Errand.Commands;

/// <summary>Looks into JSON that others made: what is missing, or is something else than it should be, is absent.</summary>
internal static class JsonLooks
{
    public static JsonElement Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : default;

    public static string? Text(this JsonElement element, string name) => element.Child(name).AsText();

    public static string? AsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try { return element.GetString(); }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which is JSON and no text.
            return element.GetRawText();
        }
    }

    public static bool IsTrue(this JsonElement element, string name) => element.Child(name).ValueKind == JsonValueKind.True;

    public static long? Number(this JsonElement element, string name)
    {
        var child = element.Child(name);
        if (child.ValueKind != JsonValueKind.Number) return null;
        if (child.TryGetInt64(out long number)) return number;
        return child.TryGetDouble(out double real) && Math.Abs(real) < long.MaxValue ? (long)real : null;
    }

    public static decimal? Amount(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Number } child && child.TryGetDecimal(out decimal amount) ? amount : null;

    public static JsonElement.ArrayEnumerator Items(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;

    /// <summary>A value for people to read: a text as it is, all else as JSON; empty where there is none.</summary>
    public static string Readable(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => element.AsText()!,
        _ => element.GetRawText(),
    };
}
