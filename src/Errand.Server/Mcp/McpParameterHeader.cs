using System.Text.Json;

namespace Errand.Server.Mcp;

/// <summary>A parameter of a tool that is repeated in a header, so that proxies can route by it: its schema has <c>x-mcp-header</c>.</summary>
/// <param name="Path">The names that lead to it within the arguments.</param>
/// <param name="Header">The header's full name.</param>
/// <param name="IsInteger">Whether it is compared as a number.</param>
internal sealed record McpParameterHeader(string[] Path, string Header, bool IsInteger)
{
    /// <summary>Those of a tool.</summary>
    public static McpParameterHeader[] Of(JsonElement inputSchema) => [.. Within(inputSchema, [])];

    private static IEnumerable<McpParameterHeader> Within(JsonElement schema, string[] path)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)) return [];
        if (properties.ValueKind != JsonValueKind.Object) return [];
        return properties.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object)
            .SelectMany(property => Here(property.Value, [.. path, property.Name]));
    }

    private static IEnumerable<McpParameterHeader> Here(JsonElement schema, string[] path)
    {
        if (schema.TryGetProperty("x-mcp-header", out var header) && header.ValueKind == JsonValueKind.String
            && header.GetString() is { Length: > 0 } name)
            yield return new(path, McpHeaders.Parameter + name, HasTypeInteger(schema));
        foreach (var inner in Within(schema, path)) yield return inner;
    }

    private static bool HasTypeInteger(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind switch
    {
        JsonValueKind.String => type.ValueEquals("integer"),
        JsonValueKind.Array => type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("integer")),
        _ => false,
    };
}
