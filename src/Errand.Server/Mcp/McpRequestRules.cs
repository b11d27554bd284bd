using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Errand.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>
/// What the headers of a request must be like, so that a proxy that routes by headers and a server that reads the body do the same.
/// </summary>
internal sealed class McpRequestRules(McpVersions versions, IOptions<McpServerOptions> options)
{
    private const string MetaPrefix = "io.modelcontextprotocol/";
    private const string VersionField = $"{MetaPrefix}protocolVersion";
    private const string CapabilitiesField = $"{MetaPrefix}clientCapabilities";

    private readonly FrozenDictionary<string, string> _nameFields = NameFields(options.Value);
    private readonly McpParameterRules _parameters = new(options.Value);

    /// <summary>What is wrong, if something is.</summary>
    public McpRefusal? Check(IHeaderDictionary headers, JsonRpcMessage message)
    {
        try { return CheckRead(headers, message); }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Objects are read when they are looked into, and may turn out to be none.
            return McpRefusal.Unreadable(McpErrorCode.InvalidRequest, e);
        }
    }

    /// <summary>What is wrong with the revision that a request without a body names, if something is.</summary>
    public McpRefusal? CheckVersion(string version, bool withoutHandshake = false) => version.Length == 0 || versions.IsSupported(version) ? null
        : McpRefusal.Bad(McpErrorCode.UnsupportedProtocolVersion, $"The protocol version '{version}' is not spoken here.", new JsonObject
        {
            ["supported"] = new JsonArray([.. versions.Offered(withoutHandshake).Select(offered => (JsonNode)offered)]),
            ["requested"] = version,
        });

    private McpRefusal? CheckRead(IHeaderDictionary headers, JsonRpcMessage message)
    {
        string version = headers[McpHeaders.Version].ToString();
        var (method, parameters) = message switch
        {
            JsonRpcRequest request => (request.Method, request.Params as JsonObject),
            JsonRpcNotification notification => (notification.Method, notification.Params as JsonObject),
            _ => (null, null),
        };
        var meta = parameters?["_meta"] as JsonObject;
        string? declared = Text(meta?[VersionField]);
        if (CheckVersion(version, declared is not null) is { } unsupported) return unsupported;
        if (method is null || (!ClientEras.DescribesEachRequest(version) && !ClientEras.DescribesEachRequest(declared))) return null;
        return CheckMeta(version, declared, meta, message) ?? CheckMethod(headers, method) ?? CheckName(headers, method, parameters)
            ?? CheckArguments(headers, method, parameters);
    }

    private static McpRefusal? CheckMeta(string version, string? declared, JsonObject? meta, JsonRpcMessage message)
    {
        if (version.Length == 0) return Mismatch(McpHeaders.Version, "", "protocol version in _meta", declared!);
        // A notification has nobody to be told.
        if (message is JsonRpcRequest)
        {
            if (declared is null) return Missing(VersionField);
            if (meta?[CapabilitiesField] is not JsonObject) return Missing(CapabilitiesField);
        }
        return declared is not null && declared != version ? Mismatch(McpHeaders.Version, version, "protocol version in _meta", declared) : null;
    }

    private static McpRefusal? CheckMethod(IHeaderDictionary headers, string method) =>
        headers[McpHeaders.Method].ToString().AsSpan().Trim(" \t").SequenceEqual(method) ? null
        : Mismatch(McpHeaders.Method, headers[McpHeaders.Method].ToString(), "method", method);

    private McpRefusal? CheckName(IHeaderDictionary headers, string method, JsonObject? parameters)
    {
        if (!_nameFields.TryGetValue(method, out string? field) || Text(parameters?[field]) is not { } name) return null;
        if (McpHeaders.Read(headers, McpHeaders.Name) == name) return null;
        return Mismatch(McpHeaders.Name, headers[McpHeaders.Name].ToString(), $"params.{field}", name);
    }

    private McpRefusal? CheckArguments(IHeaderDictionary headers, string method, JsonObject? parameters) =>
        method == RequestMethods.ToolsCall ? _parameters.Check(headers, Text(parameters?["name"]), parameters?["arguments"] as JsonObject) : null;

    private static FrozenDictionary<string, string> NameFields(McpServerOptions options)
    {
        var fields = new Dictionary<string, string>
        {
            [RequestMethods.ToolsCall] = "name", [RequestMethods.PromptsGet] = "name", [RequestMethods.ResourcesRead] = "uri",
        };
        foreach (var handler in options.RequestHandlers ?? [])
            if (handler.RoutingNameParameter is { } field) fields.TryAdd(handler.Method, field);
        return fields.ToFrozenDictionary();
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static McpRefusal Missing(string field) =>
        McpRefusal.Bad(McpErrorCode.InvalidParams, $"The request must have '{field}' in its params._meta.");

    private static McpRefusal Mismatch(string header, string value, string field, string expected) =>
        McpRefusal.Bad(McpErrorCode.HeaderMismatch, $"The header {header} is '{value}' and must be the {field} of the body, '{expected}'.");
}
