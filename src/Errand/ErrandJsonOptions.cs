using System.Text.Json;

namespace Errand;

/// <summary>The host's way of writing typed inputs and results.</summary>
internal sealed record ErrandJsonOptions(JsonSerializerOptions Options);
