using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Server.Api;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(ServerStats))]
internal sealed partial class ServerJson : JsonSerializerContext;
