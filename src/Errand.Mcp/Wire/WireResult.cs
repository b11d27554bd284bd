using System.Text.Json;

namespace Errand.Mcp.Wire;

/// <summary>What a job came to: all of it, a preview, or a page.</summary>
internal sealed record WireResult
{
    public JsonElement? Result { get; init; }

    public bool? IsError { get; init; }

    public JsonElement? Preview { get; init; }

    public string? Strategy { get; init; }

    public int? OriginalSize { get; init; }

    public int? PreviewSize { get; init; }

    public IReadOnlyList<JsonElement>? Items { get; init; }

    public long? Page { get; init; }

    public int? TotalPages { get; init; }

    public int? TotalItems { get; init; }

    public bool? Truncated { get; init; }

    public string? Next { get; init; }
}
