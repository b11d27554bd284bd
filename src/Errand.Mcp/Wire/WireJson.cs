using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Mcp.Wire;

/// <summary>How everything is written: camelCase, what is unknown is absent, and text stays readable.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WireJob))]
[JsonSerializable(typeof(WirePage))]
[JsonSerializable(typeof(WireOutput))]
[JsonSerializable(typeof(WireHandle))]
[JsonSerializable(typeof(WireStop))]
[JsonSerializable(typeof(WireNews))]
[JsonSerializable(typeof(WireBrief))]
[JsonSerializable(typeof(WireBriefs))]
[JsonSerializable(typeof(WireResult))]
[JsonSerializable(typeof(WireProblem))]
internal sealed partial class WireJson : JsonSerializerContext
{
    public static WireJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
