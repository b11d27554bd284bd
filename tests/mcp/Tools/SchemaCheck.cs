using System.Text.Json;

namespace Errand.Mcp.Tests.Tools;

/// <summary>As much of JSON schema as Errand's own schemas need: says where a value does not fit.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Known =
    [
        "type", "description", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "minimum", "maximum", "minItems",
        "$schema", "title", "default",
    ];

    /// <summary>What is wrong with a value; none where it fits.</summary>
    public static string? Problem(JsonElement schema, JsonElement value, string path = "$")
    {
        if (schema.ValueKind == JsonValueKind.True) return null;
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Known.Contains(keyword.Name)) return $"{path}: this check does not know '{keyword.Name}'";
            string? problem = keyword.Name switch
            {
                "type" when !IsOf(keyword.Value.GetString()!, value) => $"{path} is {value.ValueKind} and not {keyword.Value}",
                "enum" when !keyword.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) =>
                    $"{path} is {value}, not one of {keyword.Value}",
                "const" when !JsonElement.DeepEquals(keyword.Value, value) => $"{path} is {value} and not {keyword.Value}",
                "anyOf" when keyword.Value.EnumerateArray().All(form => Problem(form, value, path) is not null) =>
                    $"{path} fits no form: {string.Join("; ", keyword.Value.EnumerateArray().Select(form => Problem(form, value, path)))}",
                "required" when value.ValueKind == JsonValueKind.Object => keyword.Value.EnumerateArray().Select(name => name.GetString()!)
                    .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path} lacks {name}").FirstOrDefault(),
                "properties" when value.ValueKind == JsonValueKind.Object => OfProperties(schema, keyword.Value, value, path),
                "items" when value.ValueKind == JsonValueKind.Array => value.EnumerateArray()
                    .Select((item, i) => Problem(keyword.Value, item, $"{path}[{i}]")).FirstOrDefault(found => found is not null),
                "minimum" when value.ValueKind == JsonValueKind.Number && value.GetDouble() < keyword.Value.GetDouble() =>
                    $"{path} is {value}, below {keyword.Value}",
                "maximum" when value.ValueKind == JsonValueKind.Number && value.GetDouble() > keyword.Value.GetDouble() =>
                    $"{path} is {value}, over {keyword.Value}",
                _ => null,
            };
            if (problem is not null) return problem;
        }
        return null;
    }

    private static string? OfProperties(JsonElement schema, JsonElement properties, JsonElement value, string path)
    {
        bool closed = schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False;
        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var own))
            {
                if (Problem(own, member.Value, $"{path}.{member.Name}") is { } problem) return problem;
            }
            else if (closed) return $"{path} has {member.Name}, which is not allowed";
        }
        return null;
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };
}
