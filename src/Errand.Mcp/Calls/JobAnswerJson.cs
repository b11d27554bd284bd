using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Mcp;

[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class JobAnswerJson : JsonSerializerContext;
