using System.Text;

namespace Errand;

/// <summary>Makes lines of one stream's bytes, which come in any pieces. It holds one line at most.</summary>
internal sealed class LineAssembler(OutputStream stream, OutputView view)
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly int _max = Math.Max(view.MaxLineBytes, 16);
    private readonly EscapeFilter? _escapes = view.StripEscapes ? new() : null;
    private byte[] _bytes = [];
    private int _length;
    private long _start;
    private long _next;
    private DateTimeOffset _at;
    private bool _isOpen;
    private bool _isContinued;
    private bool _isReturned;
    private bool _isMidCharacter;

    /// <summary>Says that bytes before the next ones are not known: they may begin in the middle of a line and of a character.</summary>
    public void Break() => _isContinued = _isMidCharacter = true;

    public void Take(OutputChunk chunk, ICollection<OutputLine> lines)
    {
        var bytes = chunk.Bytes.Span;
        if (_isMidCharacter)
        {
            int skipped = 0;
            while (skipped < Math.Min(3, bytes.Length) && (bytes[skipped] & 0xc0) == 0x80) skipped++;
            bytes = bytes[skipped..];
            _isMidCharacter = false;
        }
        long end = chunk.Offset + chunk.Bytes.Length;
        if (_escapes is null)
        {
            TakeText(bytes, end - bytes.Length, chunk.At, lines);
            return;
        }
        while (_escapes.TryTake(ref bytes, out var text))
        {
            // A line is open from its first byte on, even if that is part of an escape sequence.
            Open(end - bytes.Length - text.Length, chunk.At);
            TakeText(text, end - bytes.Length - text.Length, chunk.At, lines);
            _next = end - bytes.Length;
        }
    }

    /// <summary>Gives what is left of a line that has no end yet.</summary>
    public void Flush(ICollection<OutputLine> lines)
    {
        if (_escapes is not null) Add(_escapes.Flush(), _next, _at, lines);
        if (_length > 0) lines.Add(Close(_length, isEnded: false));
        else _isOpen = false;
    }

    private void TakeText(ReadOnlySpan<byte> text, long offset, DateTimeOffset at, ICollection<OutputLine> lines)
    {
        while (!text.IsEmpty)
        {
            Open(offset, at);
            int length = view.CollapseProgress ? text.IndexOfAny(LineFeed, CarriageReturn) : text.IndexOf(LineFeed);
            var run = length < 0 ? text : text[..length];
            Add(run, offset, at, lines);
            offset += run.Length;
            text = text[run.Length..];
            if (text.IsEmpty) return;
            _next = ++offset;
            if (text[0] == CarriageReturn) _isReturned = true;
            else lines.Add(End());
            text = text[1..];
        }
    }

    private void Open(long offset, DateTimeOffset at)
    {
        if (_isOpen) return;
        _isOpen = true;
        _start = _next = offset;
        _at = at;
    }

    private void Add(ReadOnlySpan<byte> run, long offset, DateTimeOffset at, ICollection<OutputLine> lines)
    {
        if (run.IsEmpty) return;
        if (_isReturned)
        {
            // What comes after a carriage return takes the place of what was there.
            _isReturned = false;
            _length = 0;
            _at = at;
        }
        while (!run.IsEmpty)
        {
            int taken = Math.Min(run.Length, _max - _length);
            Append(run[..taken]);
            run = run[taken..];
            _next = offset += taken;
            if (_length == _max && !run.IsEmpty) CutPiece(at, lines);
        }
    }

    private void Append(ReadOnlySpan<byte> run)
    {
        if (_length + run.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Min(_max, Math.Max(_length + run.Length, Math.Max(128, _bytes.Length * 2))));
        run.CopyTo(_bytes.AsSpan(_length));
        _length += run.Length;
    }

    /// <summary>Gives what is there of a line that is too long; a character that is not whole yet stays for the next piece.</summary>
    private void CutPiece(DateTimeOffset at, ICollection<OutputLine> lines)
    {
        int whole = Utf8Text.WholeLength(_bytes.AsSpan(0, _length));
        int rest = _length - whole;
        long next = _next;
        _next -= rest;
        lines.Add(Close(whole, isEnded: false));
        _bytes.AsSpan(whole, rest).CopyTo(_bytes);
        _length = rest;
        _isContinued = true;
        Open(next - rest, at);
        _next = next;
    }

    private OutputLine End()
    {
        int length = _length > 0 && _bytes[_length - 1] == CarriageReturn ? _length - 1 : _length;
        return Close(length, isEnded: true);
    }

    private OutputLine Close(int length, bool isEnded)
    {
        var line = new OutputLine(_at, stream, _start, Encoding.UTF8.GetString(_bytes, 0, length))
        {
            NextOffset = _next, IsEnded = isEnded, IsContinued = _isContinued,
        };
        _length = 0;
        _isOpen = _isContinued = _isReturned = false;
        return line;
    }
}
