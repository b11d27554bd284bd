using System.Text.Json;

namespace Errand.Mcp;

/// <summary>What a call itself says of how it is handed over, and the arguments that remain for the tool.</summary>
internal readonly record struct CallParameters(
    TimeSpan? AsyncTimeout, ResponseDetail? Detail, bool? Strict, IDictionary<string, JsonElement>? Arguments)
{
    public const string AsyncTimeoutName = "asyncTimeout";
    public const string DetailName = "_async_response_format";
    public const string StrictName = "_async_strict";

    /// <summary>Which of the parameters a tool takes from its callers for Errand.</summary>
    [Flags]
    public enum Names
    {
        None = 0,
        AsyncTimeout = 1,
        Detail = 2,
        Strict = 4,
    }

    /// <summary>The parameters of a tool that are Errand's: none that the tool has itself.</summary>
    public static Names NamesFor(JsonElement inputSchema, ToolPolicy policy)
    {
        if (!policy.CallerDecides) return Names.None;
        var names = Names.AsyncTimeout | Names.Detail | Names.Strict;
        if (inputSchema.ValueKind != JsonValueKind.Object || !inputSchema.TryGetProperty("properties", out var own)) return names;
        if (own.ValueKind != JsonValueKind.Object) return names;
        if (own.TryGetProperty(AsyncTimeoutName, out _)) names &= ~Names.AsyncTimeout;
        if (own.TryGetProperty(DetailName, out _)) names &= ~Names.Detail;
        if (own.TryGetProperty(StrictName, out _)) names &= ~Names.Strict;
        return names;
    }

    /// <summary>Reads a call's arguments.</summary>
    /// <exception cref="InvalidJobException">One of them is not as it must be; nothing was started.</exception>
    public static CallParameters Read(IDictionary<string, JsonElement>? arguments, Names names)
    {
        if (names == Names.None || arguments is not { Count: > 0 }) return new(null, null, null, arguments);
        var patience = names.HasFlag(Names.AsyncTimeout) ? Take(AsyncTimeoutName) : null;
        var detail = names.HasFlag(Names.Detail) ? Take(DetailName) : null;
        var strict = names.HasFlag(Names.Strict) ? Take(StrictName) : null;
        if (patience is null && detail is null && strict is null) return new(null, null, null, arguments);
        var rest = new Dictionary<string, JsonElement>(arguments, StringComparer.Ordinal);
        rest.Remove(AsyncTimeoutName);
        rest.Remove(DetailName);
        rest.Remove(StrictName);
        return new(ReadTimeout(patience), ReadDetail(detail), ReadStrict(strict), rest);

        JsonElement? Take(string name) => arguments.TryGetValue(name, out var value) ? value : null;
    }

    private static TimeSpan? ReadTimeout(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number => CallOptions.ParseAsyncTimeout(number.GetDouble()),
        { ValueKind: JsonValueKind.String } text => CallOptions.ParseAsyncTimeout(text.GetString()!),
        { } other => CallOptions.ParseAsyncTimeout(other.GetRawText()),
    };

    private static ResponseDetail? ReadDetail(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => ResponseDetails.Parse(text.GetString()!),
        { } other => ResponseDetails.Parse(other.GetRawText()),
    };

    private static bool? ReadStrict(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw new InvalidJobException(StrictName, $"{StrictName} must be true or false; it is {other.GetRawText()}."),
    };
}
