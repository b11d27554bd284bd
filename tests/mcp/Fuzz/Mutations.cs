using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>What can go wrong with a message on its way.</summary>
internal sealed class Mutations(Random chance, Persona persona)
{
    private const string Mark = "@raw";
    private static readonly string[] Raw =
    [
        "null", "true", "false", "0", "-1", "1", "-0", "0.5", "1.0", "2147483648", "9223372036854775807", "9223372036854775808", "1e999", "-1e400",
        "1e-400",
        "123456789012345678901234567890", "\"NaN\"", "\"\"", "\" \"", "\"-1\"", "\"1e3\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u202e\"", "\"a\\nb\\r\\nc\"", "\"𝔘\"", "[]", "{}", "[null]", "[[]]", "{\"\":{}}",
        "{\"a\":1,\"a\":2}",
        "\"2026-07-28\"", "\"1.1:0\"", "\"9999999999999999999.1:5\"", "\"0.1:-1\"", "\"1.9:99999999\"", "\"(a+)+$\"", "\"[\"", "\"errand.job:\"",
        "\"errand.job:x\"", "\"running\"", "\"change\"", "{\"$job\":5}", "{\"$job\":\"x\"}", "{\"$job\":null}", "{\"$job\":[]}", "{\"ttl\":-1}",
        "{\"ttl\":1e300}",
    ];

    private static readonly string[] NoJson = ["NaN", "Infinity", "-Infinity", "01", "+1", "'x'", "undefined", "", "\"\\x\"", "{", "]"];

    private static readonly string[] Names =
    [
        "id", "method", "params", "name", "arguments", "_meta", "task", "taskId", "cursor", "requestState", "inputResponses", "asyncTimeout", "text",
        "value",
        "_async_strict", "_async_response_format", "progressToken", "key", "answer", "", "$job", "path", "__proto__", "jsonrpc", "result", "error",
        "\u0000",
    ];

    private readonly List<string> _raw = [];

    /// <summary>The text of a message after so many things went wrong with it.</summary>
    public byte[] Spoil(JsonObject message, int count)
    {
        for (; count > 0; count--) Spoil(message);
        string text = message.ToJsonString();
        for (int i = 0; i < _raw.Count; i++) text = text.Replace($"\"{Mark}{i}\"", _raw[i], StringComparison.Ordinal);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return chance.Once(12) ? SpoilBytes(bytes) : bytes;
    }

    /// <summary>Headers after something went wrong with them.</summary>
    public void Spoil(List<(string Name, string Value)> headers)
    {
        int at = chance.Next(headers.Count);
        string name = headers[at].Name;
        switch (chance.Next(5))
        {
            case 0: headers.RemoveAt(at); break;
            case 1: headers.Add(headers[at]); break;
            case 2: headers.Add((name, "x")); break;
            case 3: headers[at] = (name, $"{headers[at].Value}, x"); break;
            default:
                headers[at] = (name, chance.OneOf<string>(
                    ["", " ", "x", "é", "=?base64?!?=", "=?base64?/w==?=", "*/*", "1900-01-01", "2026-07-28", "2024-11-05", "2025-06-18",
                    "tools/call", "a\tb", "\u007f", new('x', 3000), persona.AnyId(chance), "text/plain", "application/json; charset=utf-16"]));
                break;
        }
    }

    private void Spoil(JsonObject message)
    {
        var objects = new List<JsonObject> { message };
        Collect(message, objects);
        // The message itself, too, but not so often that nothing else is seen.
        var at = objects.Count > 1 && !chance.Once(6) ? objects[1 + chance.Next(objects.Count - 1)] : message;
        if (at.Count == 0 || chance.Once(6))
        {
            at[chance.OneOf(Names)] = Strange();
            return;
        }
        string name = at.ElementAt(chance.Next(at.Count)).Key;
        switch (chance.Next(7))
        {
            case 0: at.Remove(name); break;
            case 1: Rename(at, name, chance.OneOf<string>([name.ToUpperInvariant(), $"{name} ", $"{name}s", chance.OneOf(Names)])); break;
            case 2: Duplicate(at, name); break;
            case 3:
                at[name] = new JsonArray(at[name]?.DeepClone());
                break;
            case 4:
                at[name] = new JsonObject { [chance.OneOf(Names)] = at[name]?.DeepClone() };
                break;
            default: at[name] = Strange(); break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonObject> objects)
    {
        var inner = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => Enumerable.Empty<JsonNode?>(),
        };
        foreach (var child in inner)
        {
            if (child is JsonObject found) objects.Add(found);
            Collect(child, objects);
        }
    }

    private static void Rename(JsonObject at, string name, string other)
    {
        var value = at[name];
        at.Remove(name);
        at[other] = value;
    }

    private void Duplicate(JsonObject at, string name)
    {
        string written = at[name]?.ToJsonString() ?? "null";
        at[name] = Keep($"{written},{JsonValue.Create(name)!.ToJsonString()}:{(chance.Once(2) ? written : chance.OneOf(Raw))}");
    }

    private JsonNode? Strange() => chance.Next(30) switch
    {
        0 => Keep(chance.OneOf(NoJson)),
        1 => Keep(Nested(chance.OneOf<int>([62, 63, 64, 65, 300, 20_000]))),
        <= 3 => Keep(Nested(chance.Next(61))),
        <= 6 => persona.AnyId(chance),
        <= 9 => new JsonObject { ["$job"] = persona.AnyId(chance) },
        <= 11 => $"errand.job:{persona.AnyId(chance)}",
        <= 13 => new string('x', chance.OneOf<int>([300, 70_000, 300_000])),
        _ => Keep(chance.OneOf(Raw)),
    };

    private string Nested(int depth) => chance.Once(2)
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private JsonNode Keep(string raw)
    {
        _raw.Add(raw);
        return JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{Mark}{_raw.Count - 1}"));
    }

    private byte[] SpoilBytes(byte[] bytes) => chance.Next(6) switch
    {
        0 => bytes[..chance.Next(bytes.Length)],
        1 => [.. bytes, .. "}]x"u8],
        2 => [0xEF, 0xBB, 0xBF, .. bytes],
        3 => Flipped(bytes, 0xFF),
        4 => Flipped(bytes, 0),
        _ => Flipped(bytes, (byte)chance.Next(256)),
    };

    private byte[] Flipped(byte[] bytes, byte value)
    {
        bytes[chance.Next(bytes.Length)] = value;
        return bytes;
    }
}
