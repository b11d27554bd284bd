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
    /// <summary>For results: text stays readable, and short.</summary>
    public static CommandJson Plain { get; } =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
