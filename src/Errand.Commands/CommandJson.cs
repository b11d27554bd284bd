using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Commands;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CommandInput))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(ConsentQuestion))]
internal sealed partial class CommandJson : JsonSerializerContext
{
    /// <summary>For what is written, and for results: text stays readable, and what is unknown is absent.</summary>
    public static CommandJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
