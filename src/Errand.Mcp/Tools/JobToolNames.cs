using Microsoft.Extensions.Options;

namespace Errand.Mcp;

/// <summary>What the tools that follow jobs are called on this server.</summary>
internal sealed class JobToolNames(IOptions<ErrandMcpOptions> options)
{
    /// <summary>The name that clients know a tool by.</summary>
    /// <param name="name">The tool's own name, such as <c>job_wait</c>.</param>
    public string Of(string name) => options.Value.ToolNames.TryGetValue(name, out string? renamed) ? renamed : name;
}
