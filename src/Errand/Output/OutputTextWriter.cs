using System.Buffers;
using System.Text;

namespace Errand;

/// <summary>Text written into a job's output. What one call writes is one write, so that lines of several threads do not mix.</summary>
internal sealed class OutputTextWriter : TextWriter
{
    private readonly OutputWriter _output;
    private readonly OutputStream _stream;
    private readonly Lock _lock = new();

    // It remembers half a surrogate pair between calls that write single characters.
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();

    public OutputTextWriter(OutputWriter output, OutputStream stream) : base(null)
    {
        _output = output;
        _stream = stream;
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer, []);

    public override void WriteLine() => Write([], CoreNewLine);

    public override void WriteLine(string? value) => Write(value.AsSpan(), CoreNewLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(buffer, CoreNewLine);

    private void Write(ReadOnlySpan<char> text, ReadOnlySpan<char> end)
    {
        if (text.IsEmpty && end.IsEmpty) return;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length + end.Length + 1));
        try
        {
            lock (_lock)
            {
                int length = _encoder.GetBytes(text, buffer, flush: !end.IsEmpty);
                length += _encoder.GetBytes(end, buffer.AsSpan(length), flush: false);
                _output.Write(_stream, buffer.AsSpan(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
