using System.Globalization;
using System.Text.Json;

namespace Errand.Mcp;

/// <summary>Finds a part of a JSON value by its path, as RFC 6901 writes it.</summary>
internal static class JsonPointer
{
    public static bool TryFind(JsonElement value, string path, out JsonElement part)
    {
        part = value;
        if (path.Length == 0) return true;
        if (path[0] != '/') return false;
        foreach (string step in path[1..].Split('/'))
        {
            string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var member)) part = member;
            else if (part.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                && index < part.GetArrayLength()) part = part[index];
            else return false;
        }
        return true;
    }
}
