using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>Whether the parameters that a tool wants to have in headers are there as they are in its arguments.</summary>
internal sealed class McpParameterRules(McpServerOptions options)
{
    // What every client can count up to (2^53 - 1).
    private const decimal LargestInteger = 9_007_199_254_740_991;

    private readonly ConditionalWeakTable<McpServerTool, McpParameterHeader[]> _known = [];

    public McpRefusal? Check(IHeaderDictionary headers, string? tool, JsonObject? arguments)
    {
        if (tool is null || options.ToolCollection is not { } tools || !tools.TryGetPrimitive(tool, out var found)) return null;
        foreach (var parameter in _known.GetValue(found, static tool => McpParameterHeader.Of(tool.ProtocolTool.InputSchema)))
        {
            if (Check(headers, parameter, arguments) is { } refusal) return refusal;
        }
        return null;
    }

    private static McpRefusal? Check(IHeaderDictionary headers, McpParameterHeader parameter, JsonObject? arguments)
    {
        JsonNode? argument = arguments;
        foreach (string name in parameter.Path) argument = (argument as JsonObject)?[name];
        bool isThere = headers.ContainsKey(parameter.Header);
        if (argument is null) return isThere ? Mismatch(parameter, "is there, and its argument is not") : null;
        if (!isThere) return Mismatch(parameter, "is missing");
        if (McpHeaders.Read(headers, parameter.Header) is not { } value)
            return Mismatch(parameter, "has characters, or a base 64, that cannot be read");
        if (McpHeaderEncoder.DecodeValue(McpHeaderEncoder.ConvertToHeaderValue(argument)) is not { } expected) return null;
        if (parameter.IsInteger) return CheckInteger(parameter, value, expected);
        return value == expected ? null : Mismatch(parameter, "differs from its argument");
    }

    // As numbers, because 42 and 42.0 are one.
    private static McpRefusal? CheckInteger(McpParameterHeader parameter, string value, string expected)
    {
        if (!TryReadInteger(value, out decimal number) || !TryReadInteger(expected, out decimal wanted))
            return Mismatch(parameter, $"and its argument must be integers of at most {LargestInteger}");
        return number == wanted ? null : Mismatch(parameter, "differs from its argument");
    }

    private static bool TryReadInteger(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
        && decimal.IsInteger(number) && decimal.Abs(number) <= LargestInteger;

    private static McpRefusal Mismatch(McpParameterHeader parameter, string problem) => McpRefusal.Bad(McpErrorCode.HeaderMismatch,
        $"The header {parameter.Header}, which repeats the argument {string.Join('.', parameter.Path)}, {problem}.");
}
