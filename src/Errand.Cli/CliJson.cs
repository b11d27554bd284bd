using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Cli;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerAddress))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(JobRequest))]
internal sealed partial class CliJson : JsonSerializerContext;
