using ModelContextProtocol;

namespace Errand.Mcp;

/// <summary>The server knows no call of this id, or none that this client may follow.</summary>
public sealed class RemoteCallNotFoundException : McpException
{
    /// <summary>A refusal that names the id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="inner">What the server said.</param>
    public RemoteCallNotFoundException(string id, Exception? inner = null)
        : base($"The server knows no call '{id}'. Its time may be over, it may belong to somebody else, or the id is mistyped.", inner) => Id = id;

    /// <summary>The id.</summary>
    public string Id { get; }
}
