using System.Text;
using System.Text.Unicode;

namespace Errand.Mcp.Wire;

/// <summary>A piece of a job's output: as text, or in base 64 where it is not whole UTF-8.</summary>
internal sealed record WireOutput
{
    public required string Id { get; init; }

    public int Attempt { get; init; }

    public long Offset { get; init; }

    public long NextOffset { get; init; }

    public long? End { get; init; }

    public long Dropped { get; init; }

    public string? Text { get; init; }

    public string? Base64 { get; init; }

    public IReadOnlyList<WireChunk>? Chunks { get; init; }

    public static WireOutput Of(OutputSlice slice)
    {
        byte[] bytes = new byte[slice.Chunks.Sum(chunk => chunk.Bytes.Length)];
        int at = 0;
        foreach (var chunk in slice.Chunks)
        {
            chunk.Bytes.Span.CopyTo(bytes.AsSpan(at));
            at += chunk.Bytes.Length;
        }
        bool isText = Utf8.IsValid(bytes);
        return new()
        {
            Id = slice.Job.ToString(), Attempt = slice.Attempt, Offset = slice.Offset, NextOffset = slice.NextOffset,
            End = slice.End, Dropped = slice.Dropped,
            Text = isText ? Encoding.UTF8.GetString(bytes) : null, Base64 = isText ? null : Convert.ToBase64String(bytes),
            Chunks = [.. slice.Chunks.Select(chunk =>
                new WireChunk(chunk.At, chunk.Stream == OutputStream.Out ? "out" : "err", chunk.Offset, chunk.Bytes.Length))],
        };
    }

    /// <summary>The bytes, as they were written.</summary>
    public byte[] ToBytes() => Base64 is { } coded ? Convert.FromBase64String(coded) : Encoding.UTF8.GetBytes(Text ?? "");
}

/// <summary>Bytes that were written to one stream at one time: its part of the piece.</summary>
internal sealed record WireChunk(DateTimeOffset At, string Stream, long Offset, int Length);
