using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.ConformanceFixture;

/// <summary>Tools that answer with content of every sort.</summary>
[McpServerToolType]
internal sealed class ContentTools
{
    [McpServerTool(Name = "test_simple_text"), Description("Answers with text.")]
    public static string Text() => "This is a simple text response for testing.";

    [McpServerTool(Name = "test_image_content"), Description("Answers with an image.")]
    public static ImageContentBlock Image() => Samples.Image;

    [McpServerTool(Name = "test_audio_content"), Description("Answers with a sound.")]
    public static AudioContentBlock Audio() => AudioContentBlock.FromBytes(Samples.Silence, "audio/wav");

    [McpServerTool(Name = "test_embedded_resource"), Description("Answers with a resource.")]
    public static EmbeddedResourceBlock Embedded() =>
        Samples.Embed("test://embedded-resource", "text/plain", "This is an embedded resource content.");

    [McpServerTool(Name = "test_multiple_content_types"), Description("Answers with text, an image and a resource.")]
    public static ContentBlock[] Mixed() =>
    [
        new TextContentBlock { Text = "Multiple content types test:" },
        Samples.Image,
        Samples.Embed("test://mixed-content-resource", "application/json", """{"test":"data","value":123}"""),
    ];

    [McpServerTool(Name = "test_error_handling"), Description("Always fails.")]
    public static string Fail() => throw new McpException("This tool intentionally returns an error for testing");

    [McpServerTool(Name = "test_tool_with_progress"), Description("Reports progress of 0, 50 and 100 of 100.")]
    public static async Task<string> ProgressAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        foreach (int done in (int[])[0, 50, 100])
        {
            progress.Report(new() { Progress = done, Total = 100 });
            await Task.Delay(50, cancellationToken);
        }
        return "Done.";
    }

    [McpServerTool(Name = "test_tool_with_logging"), Description("Sends three log messages.")]
    public static async Task<string> LogAsync(McpServer server, CancellationToken cancellationToken)
    {
        using var provider = server.AsClientLoggerProvider();
        var logger = provider.CreateLogger(nameof(ContentTools));
        foreach (string line in (string[])["Tool execution started", "Tool processing data", "Tool execution completed"])
        {
#pragma warning disable CA1848, CA2254 // It is the message that the suite looks for.
            logger.LogInformation(line);
#pragma warning restore CA1848, CA2254
            await Task.Delay(50, cancellationToken);
        }
        return "Logged.";
    }
}
