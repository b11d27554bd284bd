using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>How the client of a call follows what is handed over.</summary>
internal enum ClientEra
{
    /// <summary>By tools, for it knows no tasks.</summary>
    Plain,

    /// <summary>By the tasks extension of 2026-07-28.</summary>
    Tasks,

    /// <summary>By the tasks of 2025-11-25, which it asked for with this call.</summary>
    LegacyTasks,
}

/// <summary>Reads the era from a request.</summary>
internal static class ClientEras
{
    /// <summary>The name of the tasks extension.</summary>
    public const string TasksExtension = "io.modelcontextprotocol/tasks";

    /// <summary>The first revision without handshake and sessions: every request says all about itself.</summary>
    public const string FirstStateless = "2026-07-28";

    /// <summary>The only revision that has tasks as a part of itself.</summary>
    public const string LegacyTasks = "2025-11-25";

    private const string CapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

    /// <summary>How the client of a call follows what is handed over.</summary>
    /// <param name="request">The call.</param>
    /// <param name="negotiated">The revision that the session agreed on, if there is a session.</param>
    public static ClientEra Of(JsonRpcRequest request, string? negotiated)
    {
        string? version = request.Context?.ProtocolVersion ?? negotiated;
        if (DescribesEachRequest(version)) return DeclaresTasks(request) ? ClientEra.Tasks : ClientEra.Plain;
        return version == LegacyTasks && request.Params is JsonObject parameters && parameters[LegacyTaskParameters.Name] is not null
            ? ClientEra.LegacyTasks
            : ClientEra.Plain;
    }

    /// <summary>Whether requests of a revision say all about themselves. Revisions are dates.</summary>
    public static bool DescribesEachRequest(string? version) => string.CompareOrdinal(version, FirstStateless) >= 0;

    /// <summary>Whether a call is of a revision whose requests say all about themselves.</summary>
    public static bool DescribesEachRequest(RequestContext<CallToolRequestParams> request) =>
        DescribesEachRequest(request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion);

    /// <summary>Whether a request declares the tasks extension.</summary>
    public static bool DeclaresTasks(JsonRpcRequest request) => request.Context?.ClientCapabilities is { } client
        ? client.Extensions?.ContainsKey(TasksExtension) == true
        : (request.Params is JsonObject parameters && parameters["_meta"] is JsonObject meta && meta[CapabilitiesKey] is JsonObject capabilities
            && capabilities["extensions"] is JsonObject extensions && extensions.ContainsKey(TasksExtension));
}
