using ModelContextProtocol.Protocol;

namespace Errand.ConformanceFixture;

/// <summary>The smallest pictures and sounds, and questions to ask.</summary>
internal static class Samples
{
    /// <summary>One red pixel.</summary>
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    public static ImageContentBlock Image => ImageContentBlock.FromBytes(PixelBytes, "image/png");

    public static byte[] PixelBytes => Convert.FromBase64String(Pixel);

    /// <summary>The header of a WAV file of 8 kHz, mono, 8 bits, and no samples.</summary>
    public static byte[] Silence { get; } =
    [
        .. "RIFF"u8, 36, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0, .. "data"u8, 0, 0, 0, 0,
    ];

    public static EmbeddedResourceBlock Embed(string uri, string type, string text) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = type, Text = text } };

    public static ElicitRequestParams Ask(string message, string name, ElicitRequestParams.PrimitiveSchemaDefinition schema) => new()
    {
        Message = message,
        RequestedSchema = new()
        {
            Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition> { [name] = schema }, Required = [name],
        },
    };

    public static CreateMessageRequestParams Sample(string prompt) => new()
    {
        Messages = [new() { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] }], MaxTokens = 100,
    };
}
