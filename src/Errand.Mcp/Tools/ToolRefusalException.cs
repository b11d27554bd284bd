using Errand.Mcp.Wire;

namespace Errand.Mcp;

/// <summary>One of Errand's own tools refuses a call, in words of its own.</summary>
internal sealed class ToolRefusalException(WireProblem problem) : Exception(problem.Message)
{
    public WireProblem Problem { get; } = problem;
}
