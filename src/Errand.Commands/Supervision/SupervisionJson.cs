using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Commands;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CommandRecord))]
[JsonSerializable(typeof(SupervisorIdentity))]
[JsonSerializable(typeof(CommandExit))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SupervisionJson : JsonSerializerContext;
