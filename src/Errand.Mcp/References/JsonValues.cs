using System.Text.Json;

namespace Errand.Mcp;

/// <summary>Values of JSON that are always the same.</summary>
internal static class JsonValues
{
    /// <summary>The JSON null.</summary>
    public static JsonElement Null { get; } = JsonDocument.Parse("null").RootElement.Clone();
}
