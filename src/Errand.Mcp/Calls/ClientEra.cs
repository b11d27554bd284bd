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
    public static ClientEra Of(RequestContext<CallToolRequestParams> call)
    {
        string? version = VersionOf(call);
        if (DescribesEachRequest(version)) return DeclaresTasks(call.JsonRpcRequest) ? ClientEra.Tasks : ClientEra.Plain;
        return version == LegacyTasks && call.JsonRpcRequest.Params is JsonObject parameters && parameters[LegacyTaskParameters.Name] is not null
            ? ClientEra.LegacyTasks
            : ClientEra.Plain;
    }

    /// <summary>The revision that a call was made in: what it says itself, else what its session agreed on.</summary>
    public static string? VersionOf(RequestContext<CallToolRequestParams> call) =>
        call.JsonRpcRequest.Context?.ProtocolVersion ?? call.Server.NegotiatedProtocolVersion;

    /// <summary>Whether requests of a revision say all about themselves. Revisions are dates.</summary>
    public static bool DescribesEachRequest(string? version) => string.CompareOrdinal(version, FirstStateless) >= 0;

    /// <summary>Whether a call is of a revision whose requests say all about themselves.</summary>
    public static bool DescribesEachRequest(RequestContext<CallToolRequestParams> call) => DescribesEachRequest(VersionOf(call));

    /// <summary>Whether a request declares the tasks extension.</summary>
    public static bool DeclaresTasks(JsonRpcRequest request) => request.Context?.ClientCapabilities is { } client
        ? client.Extensions?.ContainsKey(TasksExtension) == true
        : (request.Params is JsonObject parameters && parameters["_meta"] is JsonObject meta && meta[CapabilitiesKey] is JsonObject capabilities
            && capabilities["extensions"] is JsonObject extensions && extensions.ContainsKey(TasksExtension));
}
