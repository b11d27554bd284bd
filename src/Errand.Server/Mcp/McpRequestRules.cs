using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Mcp;

/// <summary>What the headers of a request must be like, so that a proxy that routes by headers and a server that reads the body do the same.</summary>
internal static class McpRequestRules
{
    public const string VersionHeader = "MCP-Protocol-Version";
    private const string MethodHeader = "Mcp-Method";
    private const string NameHeader = "Mcp-Name";
    private const string MetaPrefix = "io.modelcontextprotocol/";
    private const string CodedStart = "=?base64?";
    private const string CodedEnd = "?=";

    /// <summary>What is wrong, if something is.</summary>
    public static JsonRpcErrorDetail? Check(IHeaderDictionary headers, JsonRpcMessage message)
    {
        string version = headers[VersionHeader].ToString();
        if (version.Length > 0 && !McpVersions.Supported.Contains(version)) return UnsupportedVersion(version);
        var (method, parameters) = message switch
        {
            JsonRpcRequest request => (request.Method, request.Params),
            JsonRpcNotification notification => (notification.Method, notification.Params),
            _ => (null, null),
        };
        var meta = (parameters as JsonObject)?["_meta"] as JsonObject;
        string? declared = Text(meta?[$"{MetaPrefix}protocolVersion"]);
        if (method is null || (!McpVersions.DescribesEachRequest(version) && !McpVersions.DescribesEachRequest(declared))) return null;
        if (CheckMeta(version, declared, meta, message) is { } problem) return problem;
        if (headers[MethodHeader].ToString() is var named && named != method) return Mismatch(MethodHeader, named, "method", method);
        string? name = Text((parameters as JsonObject)?[NameField(method)]);
        return name is not null && Decode(headers[NameHeader].ToString()) is var header && header != name ? Mismatch(NameHeader, header, $"params.{NameField(method)}", name) : null;
    }

    private static JsonRpcErrorDetail? CheckMeta(string version, string? declared, JsonObject? meta, JsonRpcMessage message)
    {
        if (version.Length == 0) return Mismatch(VersionHeader, "", "protocol version in _meta", declared!);
        // A notification has nobody to be told.
        if (message is JsonRpcRequest)
        {
            if (declared is null) return Missing("protocolVersion");
            if (meta?[$"{MetaPrefix}clientCapabilities"] is not JsonObject) return Missing("clientCapabilities");
        }
        return declared is not null && declared != version ? Mismatch(VersionHeader, version, "protocol version in _meta", declared) : null;
    }

    private static string NameField(string method) => method switch
    {
        "tools/call" or "prompts/get" => "name",
        "resources/read" => "uri",
        _ => "",
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    // What a header cannot carry comes in base 64 between marks.
    private static string Decode(string value)
    {
        value = value.Trim();
        if (!value.StartsWith(CodedStart, StringComparison.OrdinalIgnoreCase) || !value.EndsWith(CodedEnd, StringComparison.Ordinal)) return value;
        byte[] bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value[CodedStart.Length..^CodedEnd.Length], bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : value;
    }

    private static JsonRpcErrorDetail UnsupportedVersion(string version) => new()
    {
        Code = (int)McpErrorCode.UnsupportedProtocolVersion,
        Message = $"The protocol version '{version}' is not spoken here.",
        Data = new JsonObject
        {
            ["supported"] = new JsonArray([.. McpVersions.Supported.Select(supported => (JsonNode)supported)]),
            ["requested"] = version,
        },
    };

    private static JsonRpcErrorDetail Missing(string field) => new()
    {
        Code = (int)McpErrorCode.InvalidParams, Message = $"The request must have '{MetaPrefix}{field}' in its params._meta.",
    };

    private static JsonRpcErrorDetail Mismatch(string header, string value, string field, string expected) => new()
    {
        Code = (int)McpErrorCode.HeaderMismatch, Message = $"The header {header} is '{value}' and must be the {field} of the body, '{expected}'.",
    };
}
