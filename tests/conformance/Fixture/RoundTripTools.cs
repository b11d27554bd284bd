using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

/// <summary>Tools of 2026-07-28 that need input: they answer what they need, and are called again with it.</summary>
[McpServerToolType]
internal sealed class RoundTripTools
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    [McpServerTool(Name = "test_input_required_result_elicitation"), Description("Asks the user for a name, and greets.")]
    public static string Greet(RequestContext<CallToolRequestParams> context) => $"Hello, {Name(context.Params!.InputResponses)}!";

    [McpServerTool(Name = "test_incomplete_result_elicitation"), Description("Asks the user for a name, again if it gets none.")]
    public static string GreetAgain(RequestContext<CallToolRequestParams> context) => Greet(context);

    [McpServerTool(Name = "test_input_required_result_sampling"), Description("Asks the client's model for a capital.")]
    public static string Capital(RequestContext<CallToolRequestParams> context)
    {
        var question = InputRequest.ForSampling(Samples.Sample("What is the capital of France?"));
        var response = Response(context.Params!.InputResponses, "capital_question", question);
        var answer = response.Deserialize(InputResponse.CreateMessageResultJsonTypeInfo);
        return $"The model said: {string.Concat(answer?.Content.OfType<TextContentBlock>().Select(block => block.Text) ?? [])}";
    }

    [McpServerTool(Name = "test_input_required_result_list_roots"), Description("Asks the client for its roots.")]
    public static string Roots(RequestContext<CallToolRequestParams> context)
    {
        var response = Response(context.Params!.InputResponses, "client_roots", InputRequest.ForRootsList(new()));
        return $"There are {response.Deserialize(InputResponse.ListRootsResultJsonTypeInfo)?.Roots.Count} roots.";
    }

    [McpServerTool(Name = "test_input_required_result_request_state"), Description("Gets back the state that it has sent.")]
    public static string State(RequestContext<CallToolRequestParams> context) => context.Params!.RequestState switch
    {
        null => throw new InputRequiredException(new Dictionary<string, InputRequest> { ["confirm"] = Confirm }, "the-state"),
        "the-state" => "state-ok",
        _ => "state-mismatch",
    };

    [McpServerTool(Name = "test_input_required_result_tampered_state"), Description("Refuses a state that it has not sent.")]
    public static string SignedState(RequestContext<CallToolRequestParams> context)
    {
        if (context.Params!.RequestState is not { } state)
        {
            string nonce = RandomNumberGenerator.GetHexString(32);
            throw new InputRequiredException(new Dictionary<string, InputRequest> { ["confirm"] = Confirm }, $"{nonce}.{Sign(nonce)}");
        }
        return state.Split('.') is [var signed, var signature] && Sign(signed) == signature ? "The state is mine."
            : throw new McpProtocolException("The requestState is not one that was sent from here.", McpErrorCode.InvalidParams);
    }

    [McpServerTool(Name = "test_input_required_result_multiple_inputs"), Description("Asks for three things at once.")]
    public static string Several(RequestContext<CallToolRequestParams> context) => context.Params!.InputResponses is { Count: >= 3 }
        ? "multiple-inputs-ok"
        : throw new InputRequiredException(new Dictionary<string, InputRequest>
        {
            ["user_name"] = AskName,
            ["greeting"] = InputRequest.ForSampling(Samples.Sample("Say hello.")),
            ["client_roots"] = InputRequest.ForRootsList(new()),
        }, "several");

    [McpServerTool(Name = "test_input_required_result_multi_round"), Description("Asks twice, one after the other.")]
    public static string Rounds(RequestContext<CallToolRequestParams> context) => context.Params!.RequestState switch
    {
        null => throw new InputRequiredException(new Dictionary<string, InputRequest> { ["step1"] = AskName }, "round-1"),
        "round-1" => throw new InputRequiredException(new Dictionary<string, InputRequest> { ["step2"] = AskColour }, "round-2"),
        _ => "multi-round-ok",
    };

    [McpServerTool(Name = "test_input_required_result_capabilities"), Description("Asks for no more than the client can answer.")]
    public static string Capable(RequestContext<CallToolRequestParams> context)
    {
        var can = context.JsonRpcRequest.Context?.ClientCapabilities;
        var requests = new Dictionary<string, InputRequest>();
        if (can?.Sampling is not null) requests["greeting"] = InputRequest.ForSampling(Samples.Sample("Say hello."));
        if (can?.Elicitation is not null) requests["user_name"] = AskName;
        if (can?.Roots is not null) requests["client_roots"] = InputRequest.ForRootsList(new());
        if (context.Params!.InputResponses is { Count: > 0 } || requests.Count == 0) return "capability-check-ok";
        throw new InputRequiredException(requests);
    }

    private static InputRequest AskName => Ask("What is your name?", "name", new ElicitRequestParams.StringSchema());

    private static InputRequest AskColour => Ask("Which colour?", "color", new ElicitRequestParams.StringSchema());

    private static InputRequest Confirm => Ask("Is this right?", "ok", new ElicitRequestParams.BooleanSchema());

    /// <summary>The name that the user has given, when it is there.</summary>
    public static string Name(IDictionary<string, InputResponse>? responses) =>
        Response(responses, "user_name", AskName).Deserialize(InputResponse.ElicitResultJsonTypeInfo)?.Content?["name"].GetString() ?? "nobody";

    /// <summary>What was answered to a question, which is asked if it was not.</summary>
    public static InputResponse Response(IDictionary<string, InputResponse>? responses, string key, InputRequest question)
    {
        if (responses is null || !responses.TryGetValue(key, out var response))
            throw new InputRequiredException(new Dictionary<string, InputRequest> { [key] = question });
        return response.RawValue.ValueKind == JsonValueKind.Object ? response
            : throw new McpProtocolException($"inputResponses.{key} must be an object.", McpErrorCode.InvalidParams);
    }

    private static InputRequest Ask(string message, string name, ElicitRequestParams.PrimitiveSchemaDefinition schema) =>
        InputRequest.ForElicitation(Samples.Ask(message, name, schema));

    private static string Sign(string text) => Convert.ToHexString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)));
}
