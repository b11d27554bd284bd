using System.Globalization;
using System.Text.Json;

namespace Errand.Mcp;

/// <summary>The arguments of a tool call. What does not fit is refused with the parameter's name.</summary>
internal sealed class ToolArguments(IDictionary<string, JsonElement>? arguments)
{
    public JsonElement? Find(string name)
    {
        if (arguments is null || !arguments.TryGetValue(name, out var value)) return null;
        return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value;
    }

    /// <summary>Refuses arguments that the tool does not have, for they are mistakes that would otherwise do something else than was meant.</summary>
    public void RefuseUnknown(IReadOnlyCollection<string> names)
    {
        foreach (string name in (arguments?.Keys ?? []).Where(name => !names.Contains(name)))
            throw new InvalidJobException(name, $"{name} is not a parameter of this tool; there are {string.Join(", ", names)}.");
    }

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw new InvalidJobException(name, $"{name} must be a string; it is {value.GetRawText()}."),
    };

    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } value => value.GetBoolean(),
        { } value => throw new InvalidJobException(name, $"{name} must be true or false; it is {value.GetRawText()}."),
    };

    public long? Number(string name, long least, long most)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most) return number;
        string range = string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
        throw new InvalidJobException(name, $"{name} must be an integer {range}; it is {value.GetRawText()}.");
    }
}
