using System.Text;

namespace Errand;

/// <summary>
/// Makes text of a log that comes in pieces, as a terminal page or a log stream shows it: a character or an escape sequence may begin in one
/// piece and end in another, with bytes of the other stream between them. Bytes that are not UTF-8 become U+FFFD.
/// </summary>
/// <param name="stripEscapes">Whether to leave out terminal escape sequences and control characters.</param>
public sealed class OutputTextDecoder(bool stripEscapes = false)
{
    private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];
    private readonly EscapeFilter[] _filters = [new(), new()];

    /// <summary>The text that the bytes complete.</summary>
    /// <param name="stream">Their stream.</param>
    /// <param name="bytes">The bytes that follow those of the last call for this stream.</param>
    public string Decode(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        if (!stripEscapes) Decode(stream, bytes, text, flush: false);
        else
            while (_filters[(int)stream].TryTake(ref bytes, out var run)) Decode(stream, run, text, flush: false);
        return text.ToString();
    }

    /// <summary>What is left of a stream at its end: half a character shows as U+FFFD.</summary>
    /// <param name="stream">The stream.</param>
    public string Flush(OutputStream stream)
    {
        var text = new StringBuilder();
        Decode(stream, stripEscapes ? _filters[(int)stream].Flush() : [], text, flush: true);
        return text.ToString();
    }

    private void Decode(OutputStream stream, ReadOnlySpan<byte> bytes, StringBuilder to, bool flush)
    {
        Span<char> chars = stackalloc char[512];
        var decoder = _decoders[(int)stream];
        bool completed = bytes.IsEmpty && !flush;
        while (!completed)
        {
            decoder.Convert(bytes, chars, flush, out int used, out int made, out completed);
            to.Append(chars[..made]);
            bytes = bytes[used..];
        }
    }
}
