using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What jobs ask, and answers as the asker expects them: a model is not made to know how the protocol wraps what it has to say.</summary>
internal static class QuestionAnswer
{
    private static readonly string[] Actions = ["accept", "decline", "cancel"];

    /// <summary>Whether it is a person who must answer, such as a consent to something dangerous.</summary>
    public static bool IsOnlyForPerson(JsonElement question) =>
        question.ValueKind == JsonValueKind.Object && question.TryGetProperty("onlyPerson", out var only) && only.ValueKind == JsonValueKind.True;

    /// <summary>What is asked, in words where there are some.</summary>
    public static string MessageOf(JsonElement question)
    {
        if (question.ValueKind == JsonValueKind.String) return question.GetString()!;
        return Text(Member(question, "params") ?? question, "message") ?? question.GetRawText();
    }

    /// <summary>The fields of the form that a question comes with.</summary>
    public static IEnumerable<string> FieldsOf(JsonElement question) =>
        SchemaOf(question) is { } schema && Member(schema, "properties") is { ValueKind: JsonValueKind.Object } properties
            ? properties.EnumerateObject().Select(property => property.Name)
            : [];

    /// <summary>An answer in the form in which the asker expects it.</summary>
    /// <exception cref="InvalidJobException">It does not fit the question.</exception>
    public static JobData Wrap(JsonElement question, JsonElement answer) => Text(question, "method") switch
    {
        RequestMethods.ElicitationCreate => Elicited(question, answer),
        RequestMethods.SamplingCreateMessage when answer.ValueKind == JsonValueKind.String => Sampled(answer),
        _ => Of(answer),
    };

    private static JobData Elicited(JsonElement question, JsonElement answer)
    {
        if (Text(answer, "action") is { } action && Actions.Contains(action)) return Of(answer);
        string[] fields = [.. FieldsOf(question)];
        JsonObject content = answer.ValueKind == JsonValueKind.Object ? JsonObject.Create(answer)!
            : fields is [var only] ? new() { [only] = JsonValue.Create(answer) }
            : fields.Length == 0 ? []
            : throw new InvalidJobException("answer", $"answer must be an object with {string.Join(", ", fields)}; it is {answer.GetRawText()}.");
        foreach (string field in RequiredOf(question))
            if (!content.ContainsKey(field)) throw new InvalidJobException("answer", $"answer lacks '{field}', which the question requires.");
        return OfNode(new() { ["action"] = "accept", ["content"] = content });
    }

    private static JobData Sampled(JsonElement text) => OfNode(new JsonObject
    {
        ["role"] = "assistant", ["model"] = "client", ["content"] = new JsonObject { ["type"] = "text", ["text"] = JsonValue.Create(text) },
    });

    private static JsonElement? SchemaOf(JsonElement question) =>
        Member(question, "params") is { } parameters && Member(parameters, "requestedSchema") is { } schema ? schema : null;

    private static IEnumerable<string> RequiredOf(JsonElement question) =>
        SchemaOf(question) is { } schema && Member(schema, "required") is { ValueKind: JsonValueKind.Array } required
            ? required.EnumerateArray().Where(field => field.ValueKind == JsonValueKind.String).Select(field => field.GetString()!)
            : [];

    private static string? Text(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    private static JobData Of(JsonElement value) => JobData.Parse(value.GetRawText());

    private static JobData OfNode(JsonObject value) => JobData.From<JsonNode>(value, McpNodes.Node);
}
