namespace Errand.Mcp;

/// <summary>What a tool's job carries along of the call it came from.</summary>
internal static class ToolMetadata
{
    /// <summary>The client's name and version.</summary>
    public const string Client = "mcp.client";

    /// <summary>The revision of the protocol that the call was made in.</summary>
    public const string Version = "mcp.version";
}
