using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

[McpServerPromptType]
internal sealed class FixturePrompts
{
    [McpServerPrompt(Name = "test_simple_prompt"), Description("Without arguments.")]
    public static string Simple() => "This is a simple prompt for testing.";

    [McpServerPrompt(Name = "test_prompt_with_arguments"), Description("With arguments.")]
    public static string WithArguments([Description("The first.")] string arg1, [Description("The second.")] string arg2) =>
        $"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'";

    [McpServerPrompt(Name = "test_prompt_with_embedded_resource"), Description("With a resource in it.")]
    public static IEnumerable<PromptMessage> WithResource([Description("Which.")] string resourceUri) =>
    [
        User(Samples.Embed(resourceUri, "text/plain", "Embedded resource content for testing.")),
        User(new TextContentBlock { Text = "Please process the embedded resource above." }),
    ];

    [McpServerPrompt(Name = "test_prompt_with_image"), Description("With an image in it.")]
    public static IEnumerable<PromptMessage> WithImage() =>
        [User(Samples.Image), User(new TextContentBlock { Text = "Please analyze the image above." })];

    [McpServerPrompt(Name = "test_input_required_result_prompt"), Description("Asks the user what it is about.")]
    public static GetPromptResult Asking(RequestContext<GetPromptRequestParams> context)
    {
        var question = InputRequest.ForElicitation(Samples.Ask("What is it about?", "context", new ElicitRequestParams.StringSchema()));
        var response = RoundTripTools.Response(context.Params!.InputResponses, "user_context", question);
        var answer = response.Deserialize(InputResponse.ElicitResultJsonTypeInfo);
        return new() { Messages = [User(new TextContentBlock { Text = $"It is about {answer?.Content?["context"].GetString()}." })] };
    }

    private static PromptMessage User(ContentBlock content) => new() { Role = Role.User, Content = content };
}
