using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Lists deferrable tools with what they take from their callers for Errand, and with an output schema that admits the handle, so that clients
/// which check answers against it let the handle pass.
/// </summary>
internal sealed class ToolListing(ToolKinds tools)
{
    private static readonly JsonObject HandleSchema = (JsonObject)JsonNode.Parse("""
        {
          "type": "object",
          "description": "The call goes on in the background: what to follow it by.",
          "properties": {
            "status": { "const": "processing" }, "id": { "type": "string" }, "isAsync": { "const": true }, "isComplete": { "type": "boolean" },
            "next": { "type": "string" }
          },
          "required": ["status", "id", "isAsync", "isComplete"]
        }
        """)!;

    public void Amend(ListToolsResult listed, McpServerPrimitiveCollection<McpServerTool>? collection)
    {
        for (int i = 0; i < listed.Tools.Count; i++)
        {
            var tool = listed.Tools[i];
            if (collection is not null && collection.TryGetPrimitive(tool.Name, out var primitive) && tools.Of(primitive) is { } deferrable)
                listed.Tools[i] = Amended(tool, deferrable);
        }
    }

    private static Tool Amended(Tool tool, DeferrableTool deferrable) => new()
    {
        Name = tool.Name, Title = tool.Title, Description = tool.Description, Annotations = tool.Annotations, Icons = tool.Icons, Meta = tool.Meta,
        InputSchema = WithParameters(tool.InputSchema, deferrable.Parameters, deferrable.Policy),
        OutputSchema = tool.OutputSchema is { } schema && !deferrable.Policy.TaskOnly ? WithHandle(schema) : tool.OutputSchema,
    };

    /// <summary>A tool's parameters, and those that its callers give for Errand.</summary>
    public static JsonElement WithParameters(JsonElement schema, CallParameters.Names names, ToolPolicy policy)
    {
        if (names == CallParameters.Names.None || JsonObject.Create(schema) is not { } amended) return schema;
        amended = (JsonObject)amended.DeepClone();
        if (amended["properties"] is not JsonObject properties) amended["properties"] = properties = [];
        if (names.HasFlag(CallParameters.Names.AsyncTimeout)) properties[CallParameters.AsyncTimeoutName] = new JsonObject
        {
            ["type"] = "integer", ["minimum"] = 1,
            ["description"] =
                $"How many milliseconds to wait for the result before the call goes on in the background. Default: {Words(policy.AsyncTimeout)}.",
        };
        if (names.HasFlag(CallParameters.Names.Detail)) properties[CallParameters.DetailName] = new JsonObject
        {
            ["enum"] = new JsonArray("minimal", "standard", "full"),
            ["description"] = $"How much to say about a call that goes on in the background. Default: {policy.Detail.ToString().ToLowerInvariant()}.",
        };
        if (names.HasFlag(CallParameters.Names.Strict)) properties[CallParameters.StrictName] = new JsonObject
        {
            ["type"] = "boolean",
            ["description"] =
                $"Whether a call that goes on in the background answers with the error ASYNC_TIMEOUT. Default: {(policy.Strict ? "true" : "false")}.",
        };
        return JsonSerializer.SerializeToElement(amended, McpNodes.Node);
    }

    /// <summary>The form of a tool's answers, or a handle, or a refusal: some clients check all three by it.</summary>
    public static JsonElement WithHandle(JsonElement schema)
    {
        var own = JsonObject.Create(schema)?.DeepClone() as JsonObject ?? [];
        var either = new JsonObject { ["anyOf"] = new JsonArray(own, HandleSchema.DeepClone(), JsonNode.Parse(AnswerSchemas.Problem)) };
        // Before 2026-07-28 the root must say that it is an object; what it refers to must stand where it is referred to.
        if (own["type"]?.ToString() == "object") either["type"] = "object";
        foreach (string shared in (string[])["$schema", "$defs", "definitions"])
        {
            if (own[shared] is not { } value) continue;
            own.Remove(shared);
            either[shared] = value;
        }
        return JsonSerializer.SerializeToElement(either, McpNodes.Node);
    }

    private static string Words(TimeSpan patience) => patience switch
    {
        _ when patience == Timeout.InfiniteTimeSpan => "to the end",
        _ when patience == TimeSpan.Zero => "not at all",
        _ => FormattableString.Invariant($"{patience.TotalMilliseconds:F0}"),
    };
}
