using System.Text.Json;

namespace Errand.Clients.Tests;

internal static class Json
{
    /// <summary>A text somewhere within: names with dots between them.</summary>
    public static string? Text(this JsonElement element, string path)
    {
        foreach (string name in path.Split('.'))
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        return element.ToString();
    }

    /// <summary>The states that a script has seen.</summary>
    public static IReadOnlyList<string?> Seen(this JsonElement element, string name = "status") =>
        [.. element.GetProperty("seen").EnumerateArray().Select(each => each.Text(name))];
}
