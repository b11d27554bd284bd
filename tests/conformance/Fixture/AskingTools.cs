using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

/// <summary>Tools that ask their client back.</summary>
[McpServerToolType]
internal sealed class AskingTools
{
    [McpServerTool(Name = "test_sampling"), Description("Asks the client's model.")]
    public static async Task<string> SampleAsync(McpServer server, string prompt, CancellationToken cancellationToken)
    {
        var answer = await server.SampleAsync(Samples.Sample(prompt), cancellationToken);
        return $"LLM response: {string.Concat(answer.Content.OfType<TextContentBlock>().Select(block => block.Text))}";
    }

    [McpServerTool(Name = "test_elicitation"), Description("Asks the user.")]
    public static Task<string> ElicitAsync(McpServer server, string message, CancellationToken cancellationToken) => AskAsync(server, message, new()
    {
        Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
        {
            ["username"] = new ElicitRequestParams.StringSchema { Description = "User's response" },
            ["email"] = new ElicitRequestParams.StringSchema { Description = "User's email address" },
        },
        Required = ["username", "email"],
    }, cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1034_defaults"), Description("Asks the user, with values to begin with.")]
    public static Task<string> DefaultsAsync(McpServer server, CancellationToken cancellationToken) => AskAsync(server, "Is this right?", new()
    {
        Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
        {
            ["name"] = new ElicitRequestParams.StringSchema { Default = "John Doe" },
            ["age"] = new ElicitRequestParams.NumberSchema { Type = "integer", Default = 30 },
            ["score"] = new ElicitRequestParams.NumberSchema { Default = 95.5 },
            ["status"] = new ElicitRequestParams.UntitledSingleSelectEnumSchema { Enum = ["active", "inactive", "pending"], Default = "active" },
            ["verified"] = new ElicitRequestParams.BooleanSchema { Default = true },
        },
    }, cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1330_enums"), Description("Asks the user to choose, in every way.")]
    public static Task<string> EnumsAsync(McpServer server, CancellationToken cancellationToken) => AskAsync(server, "Choose.", new()
    {
        Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
        {
            ["untitledSingle"] = new ElicitRequestParams.UntitledSingleSelectEnumSchema { Enum = ["option1", "option2", "option3"] },
            ["titledSingle"] = new ElicitRequestParams.TitledSingleSelectEnumSchema { OneOf = Titled("Option") },
            ["legacyEnum"] = new ElicitRequestParams.LegacyTitledEnumSchema
            {
                Enum = ["opt1", "opt2", "opt3"], EnumNames = ["Option One", "Option Two", "Option Three"],
            },
            ["untitledMulti"] = new ElicitRequestParams.UntitledMultiSelectEnumSchema { Items = new() { Enum = ["option1", "option2", "option3"] } },
            ["titledMulti"] = new ElicitRequestParams.TitledMultiSelectEnumSchema { Items = new() { AnyOf = Titled("Choice") } },
        },
    }, cancellationToken);

    private static List<ElicitRequestParams.EnumSchemaOption> Titled(string noun) =>
    [
        new() { Const = "value1", Title = $"First {noun}" },
        new() { Const = "value2", Title = $"Second {noun}" },
        new() { Const = "value3", Title = $"Third {noun}" },
    ];

    private static async Task<string> AskAsync(
        McpServer server, string message, ElicitRequestParams.RequestSchema schema, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(new ElicitRequestParams { Message = message, RequestedSchema = schema }, cancellationToken);
        string content = string.Join(", ", answer.Content?.Select(field => $"{field.Key}: {field.Value}") ?? []);
        return $"Elicitation completed: action={answer.Action}, content={{{content}}}";
    }
}
