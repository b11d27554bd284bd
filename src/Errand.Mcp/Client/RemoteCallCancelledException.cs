using ModelContextProtocol;

namespace Errand.Mcp;

/// <summary>The call whose result was asked for was cancelled on its server.</summary>
public sealed class RemoteCallCancelledException : McpException
{
    /// <summary>A refusal that names the call.</summary>
    /// <param name="id">The call's id.</param>
    /// <param name="message">What the server says of it, if anything.</param>
    public RemoteCallCancelledException(string id, string? message = null)
        : base($"The call '{id}' was cancelled{(string.IsNullOrEmpty(message) ? "." : $": {message}")}") => Id = id;

    /// <summary>The call's id.</summary>
    public string Id { get; }
}
