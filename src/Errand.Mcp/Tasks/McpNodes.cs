using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;

namespace Errand.Mcp;

/// <summary>How the protocol's JSON is written.</summary>
internal static class McpNodes
{
    public static JsonTypeInfo<JsonNode> Node { get; } = TypeOf<JsonNode>();

    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));
}
