using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>Somebody who sends requests, and what he knows.</summary>
/// <param name="user">His name, if he has one.</param>
/// <param name="others">Ids of jobs of others.</param>
/// <param name="guarded">Ids of jobs that nobody is to touch, their owner neither.</param>
internal sealed class Persona(string? user, string[] others, string[] guarded)
{
    private const int Most = 40;

    public string? User => user;

    /// <summary>Ids of jobs that he was told of.</summary>
    public List<string> Own { get; } = [];

    /// <summary>Ids of jobs of others.</summary>
    public IReadOnlyList<string> Others => others;

    /// <summary>His session, where he is a client of before 2026-07-28.</summary>
    public string? Session { get; set; }

    public void Learn(string id)
    {
        if (guarded.Contains(id) || Own.Contains(id)) return;
        if (Own.Count == Most) Own.RemoveAt(0);
        Own.Add(id);
    }

    /// <summary>The id of a job: his own, somebody else's, nobody's, or none.</summary>
    public string AnyId(Random chance) => chance.Next(8) switch
    {
        0 => Guid.NewGuid().ToString(),
        1 => chance.OneOf<string>(
            ["", " ", "x", "null", new('0', 36), "../../etc/passwd", "%00", $"{others[0]}0", others[0].ToUpperInvariant(), others[0][..20]]),
        <= 4 => chance.OneOf(others),
        _ => Own.Count == 0 ? chance.OneOf(others) : chance.OneOf(Own),
    };
}

/// <summary>Requests as they should be.</summary>
internal static class Templates
{
    private const string Meta = "io.modelcontextprotocol/";

    private static readonly string[] Methods =
    [
        "tools/list", "tools/call", "tools/call", "tools/call", "tools/call", "tools/call", "tools/call", "tasks/get", "tasks/get", "tasks/cancel",
        "tasks/update", "tasks/result", "tasks/list", "subscriptions/listen", "server/discover", "initialize", "ping", "notifications/cancelled",
        "prompts/list", "resources/list", "resources/read", "completion/complete", "logging/setLevel", "notifications/initialized",
    ];

    /// <summary>One of either era.</summary>
    public static JsonObject Next(Random chance, Persona persona, bool isCurrent)
    {
        if (!isCurrent && chance.Once(25)) return Reply(chance);
        string method = chance.OneOf(Methods);
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method };
        if (!method.StartsWith("notifications/", StringComparison.Ordinal))
            message["id"] = chance.Once(2) ? chance.Next(1000) : $"r{chance.Next(1000)}";
        var parameters = ParametersOf(method, chance, persona, isCurrent);
        var meta = new JsonObject();
        if (chance.Once(4)) meta["progressToken"] = chance.Once(2) ? chance.Next(1000) : "p";
        if (isCurrent)
        {
            meta[$"{Meta}protocolVersion"] = McpHost.Current;
            meta[$"{Meta}clientInfo"] = Json("""{"name":"fuzz","version":"1"}""");
            meta[$"{Meta}clientCapabilities"] = Json(chance.Once(3)
                ? "{}"
                : """{"elicitation":{},"sampling":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}""");
        }
        if (meta.Count > 0) parameters["_meta"] = meta;
        message["params"] = parameters;
        return message;
    }

    private static JsonObject ParametersOf(string method, Random chance, Persona persona, bool isCurrent) => method switch
    {
        "tools/call" => CallOf(chance, persona, isCurrent),
        "tasks/get" or "tasks/cancel" or "tasks/result" => new() { ["taskId"] = persona.AnyId(chance) },
        "tasks/update" => new() { ["taskId"] = persona.AnyId(chance), ["inputResponses"] = Answers() },
        "tasks/list" => chance.Once(2) ? [] : new() { ["cursor"] = persona.AnyId(chance) },
        "subscriptions/listen" => new()
        {
            ["notifications"] = new JsonObject
            {
                ["toolsListChanged"] = true, ["taskIds"] = new JsonArray(persona.AnyId(chance), persona.AnyId(chance)),
            },
        },
        "initialize" => Json("""{"protocolVersion":"2025-11-25","clientInfo":{"name":"fuzz","version":"1"},"capabilities":{"elicitation":{}}}"""),
        "notifications/cancelled" => new() { ["requestId"] = chance.Next(1000), ["reason"] = "none" },
        "resources/read" => new() { ["uri"] = "file:///x" },
        "completion/complete" => Json("""{"ref":{"type":"ref/prompt","name":"x"},"argument":{"name":"a","value":"b"}}"""),
        "logging/setLevel" => new() { ["level"] = "debug" },
        _ => [],
    };

    private static JsonObject CallOf(Random chance, Persona persona, bool isCurrent)
    {
        string tool = chance.OneOf<string>(
            ["plain", "echo", "value", "long", "only", "ask", "refuse", "run_command", "job_status", "job_wait", "job_result", "job_output",
             "job_cancel", "job_retry", "job_input", "job_list"]);
        var call = new JsonObject { ["name"] = tool, ["arguments"] = ArgumentsOf(tool, chance, persona) };
        if (!isCurrent && chance.Once(3)) call["task"] = chance.Once(2) ? [] : new JsonObject { ["ttl"] = chance.Next(100_000) };
        if (isCurrent && chance.Once(8))
        {
            call["requestState"] = $"errand.job:{persona.AnyId(chance)}";
            call["inputResponses"] = Answers();
        }
        return call;
    }

    private static JsonObject ArgumentsOf(string tool, Random chance, Persona persona)
    {
        var arguments = tool switch
        {
            "plain" or "echo" or "long" => new JsonObject { ["text"] = "said" },
            "value" => new() { ["value"] = Json("""{"rows":[1,{"a":"b"}]}""") },
            "run_command" => new()
            {
                ["command"] = "true", ["title"] = "t", ["cwd"] = "/", ["background"] = chance.Once(2),
                ["env"] = Json("""{"A":"b"}"""),
            },
            "only" or "ask" or "refuse" => [],
            "job_list" => new() { ["state"] = "running", ["kind"] = "command", ["limit"] = 5, ["text"] = "canary" },
            _ => new() { ["id"] = persona.AnyId(chance) },
        };
        var more = tool switch
        {
            "job_wait" => Json("""{"timeoutMs":20,"after":"1.1:0","until":"change"}"""),
            "job_result" => Json("""{"page":1,"pageSize":2,"maxBytes":1000}"""),
            "job_output" => Json("""{"offset":0,"tailLines":2,"grep":"c.*y","budgetBytes":300,"stream":"out"}"""),
            "job_input" => Json("""{"key":"1","answer":{"action":"accept","content":{}},"stdin":"x","signal":"SIGINT"}"""),
            "job_cancel" => Json("""{"force":true}"""),
            "job_list" => Json($$"""{"session":"s","cursor":"{{persona.AnyId(chance)}}"}"""),
            "run_command" => Json("""{"stdin":"wait","argv":["true"],"shell":"/bin/sh","okExitCodes":[0],"asyncTimeout":20}"""),
            "echo" or "value" or "long" or "ask" => Json("""{"asyncTimeout":15,"_async_response_format":"full","_async_strict":true}"""),
            _ => [],
        };
        foreach (var (name, value) in more)
            if (chance.Once(3)) arguments[name] = value?.DeepClone();
        if (tool == "value" && chance.Once(2)) arguments["value"] = new JsonObject { ["$job"] = persona.AnyId(chance), ["path"] = "/rows/0" };
        else if (chance.Once(12) && arguments.Count > 0) arguments[arguments.First().Key] = new JsonObject { ["$job"] = persona.AnyId(chance) };
        return arguments;
    }

    private static JsonObject Reply(Random chance) => new()
    {
        ["jsonrpc"] = "2.0", ["id"] = chance.Once(2) ? $"errand-{chance.Next(50)}" : chance.Next(50),
        ["result"] = Json("""{"action":"accept","content":{"name":"x"}}"""),
    };

    private static JsonObject Answers() => Json("""{"1":{"action":"accept","content":{"name":"x"}},"2":{"action":"decline"}}""");

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;
}
