using Microsoft.Extensions.Options;

namespace Errand.Mcp;

/// <summary>What each of Errand's own tools is made of.</summary>
internal sealed record ErrandToolParts(IOptions<ErrandMcpOptions> Settings, JobToolNames Names, OwnedJobs Jobs, JobText Text, TimeProvider Time);
