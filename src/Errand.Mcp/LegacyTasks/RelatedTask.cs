using System.Text.Json.Nodes;

namespace Errand.Mcp;

/// <summary>The mark by which a client of 2025-11-25 knows what belongs to which task.</summary>
internal static class RelatedTask
{
    public const string Key = "io.modelcontextprotocol/related-task";

    /// <summary>Marks a result, or the parameters of a message.</summary>
    public static JsonObject Mark(JsonObject content, JobId id)
    {
        if (content["_meta"] is not JsonObject meta) content["_meta"] = meta = [];
        meta[Key] = new JsonObject { ["taskId"] = id.ToString() };
        return content;
    }
}
