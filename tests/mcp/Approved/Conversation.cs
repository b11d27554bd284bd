using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Errand.Mcp.Tests.Approved;

/// <summary>
/// What was said between a client and a server, compared with what was approved of. What differs from run to run is replaced: ids by numbers,
/// times and lengths of time by words. Run with <c>ERRAND_APPROVE=1</c> to approve of what is said now.
/// </summary>
internal sealed partial class Conversation(string name)
{
    private const string Accept = "ERRAND_APPROVE";
    private static readonly JsonSerializerOptions Pretty = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly string[] Lengths = ["ttl", "ttlMs", "pollInterval", "pollIntervalMs"];
    private readonly List<string> _ids = [];
    private readonly JsonArray _said = [];

    /// <summary>Sends a request and notes it with its answer, or with the part of it that matters.</summary>
    public async Task<JsonObject> SayAsync(
        RawClient client, string what, string method, string parameters = "{}", Func<JsonObject, JsonNode?>? part = null)
    {
        var answer = await client.RequestAsync(method, parameters);
        Note(what, JsonNode.Parse(parameters), method, answer, part);
        return answer;
    }

    /// <summary>Notes a request with its answer.</summary>
    public void Note(string what, JsonNode? parameters, string method, JsonObject answer, Func<JsonObject, JsonNode?>? part = null)
    {
        var entry = new JsonObject { ["what"] = what, ["method"] = method, ["params"] = parameters };
        string outcome = answer.ContainsKey("error") ? "error" : "result";
        var content = answer[outcome]!.DeepClone();
        entry[outcome] = part is null ? content : part((JsonObject)content)?.DeepClone();
        _said.Add(entry);
    }

    /// <summary>Notes a message that the server sent of its own accord.</summary>
    public void NoteSent(string what, JsonObject message) =>
        _said.Add(new JsonObject { ["what"] = what, ["sent"] = message["method"]!.DeepClone(), ["params"] = message["params"]!.DeepClone() });

    /// <summary>Compares.</summary>
    public void Check()
    {
        string said = Replace(_said)!.ToJsonString(Pretty) + "\n", path = Path.Combine(Folder(), $"{name}.json");
        string approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (said == approved) return;
        if (Environment.GetEnvironmentVariable(Accept) is { Length: > 0 }) File.WriteAllText(path, said);
        else Assert.Fail($"This is not what {name}.json says. If it is meant to be, run the test again with {Accept}=1.\n{Difference(approved, said)}");
    }

    private static string Difference(string approved, string said)
    {
        string[] before = approved.Split('\n'), after = said.Split('\n');
        int first = 0, last = 0;
        while (first < before.Length && first < after.Length && before[first] == after[first]) first++;
        while (last < before.Length - first && last < after.Length - first && before[^(last + 1)] == after[^(last + 1)]) last++;
        var lines = before[Math.Max(0, first - 6)..first].Select(line => $"  {line}")
            .Concat(before[first..^last].Take(30).Select(line => $"- {line}"))
            .Concat(after[first..^last].Take(30).Select(line => $"+ {line}"));
        return $"From line {first + 1} on:\n{string.Join('\n', lines)}";
    }

    private JsonNode? Replace(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(
            member.Key, IsLength(member.Key, members) ? JsonValue.Create("<milliseconds>") : Replace(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Replace)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Replace(value.GetValue<string>()),
        _ => node?.DeepClone(),
    };

    // A wish for a time to live is part of a request; the one that is granted counts the time that has passed.
    private static bool IsLength(string name, JsonObject members) =>
        Lengths.Contains(name) && members[name]?.GetValueKind() == JsonValueKind.Number && (name != "ttl" || members.ContainsKey("taskId"));

    private JsonNode Replace(string text) => Times().Replace(Ids().Replace(text, match =>
    {
        if (!_ids.Contains(match.Value)) _ids.Add(match.Value);
        return $"<id {_ids.IndexOf(match.Value) + 1}>";
    }), "<time>");

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Errand.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Errand.slnx is nowhere above.");
        return Path.Combine(folder.FullName, "tests", "mcp", "Approved");
    }

    [GeneratedRegex("[0-9a-hjkmnp-tv-z]{36}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")]
    private static partial Regex Times();
}
