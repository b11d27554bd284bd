namespace Errand.Commands;

/// <summary>
/// A line under way, as it is seen on a terminal: escape sequences and control characters are out, and what moves the cursor back begins a new
/// segment, as it writes over the old one. Of a segment only the end is kept, however long it is. The end of a line ends any escape sequence.
/// </summary>
internal sealed class ProgressLine(ProgressReader reader)
{
    private const int Kept = 512;
    private const int Enough = Kept * 4;
    private const byte Escape = 0x1b;
    private const byte Bell = 0x07;
    private const int MaxOsc = 32;

    private readonly byte[] _buffer = new byte[Enough];
    private readonly byte[] _osc = new byte[MaxOsc];
    private int _length;
    private bool _isCut;
    private bool _isSettled;
    private int _oscLength;
    private State _state;
    private ProgressNumber? _number;
    private string? _message;

    private enum State
    {
        Text,
        Escaped,
        Control,
        String,
        StringEscaped,
    }

    /// <summary>What the last segment with a number tells.</summary>
    public ProgressNumber? Number { get; private set; }

    /// <summary>Whether somebody wants the message: to make it takes longer than all the rest.</summary>
    public bool WantsMessage { get; set; } = true;

    /// <summary>The last segment that is not blank.</summary>
    public string? Message { get; private set; }

    /// <summary>The last thing it told the task bar.</summary>
    public OscProgress? Osc { get; private set; }

    public void Clear()
    {
        _length = _oscLength = 0;
        _isCut = _isSettled = false;
        _state = State.Text;
        _number = Number = null;
        _message = Message = null;
        Osc = null;
    }

    /// <summary>Takes a part of the line, without its end.</summary>
    /// <returns>Whether any of it is to be seen.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        bool seen = false;
        while (!bytes.IsEmpty)
        {
            if (_state != State.Text)
            {
                bytes = bytes[TakeEscape(bytes)..];
                continue;
            }
            int escape = bytes.IndexOf(Escape);
            seen |= AppendText(escape < 0 ? bytes : bytes[..escape]);
            if (escape < 0) break;
            _state = State.Escaped;
            bytes = bytes[(escape + 1)..];
        }
        _isSettled = false;
        return seen;
    }

    /// <summary>Works out what the line tells so far.</summary>
    public void Settle()
    {
        if (_isSettled) return;
        _isSettled = true;
        (Number, Message) = (_number, _message);
        var segment = Segment;
        string? text = WantsMessage || reader.WantsText ? ProgressMessage.Read(segment, _isCut) : null;
        Message = text ?? Message;
        Number = reader.Find(segment, _isCut, text) ?? Number;
    }

    private ReadOnlySpan<byte> Segment => _buffer.AsSpan(Math.Max(0, _length - Kept), Math.Min(Kept, _length));

    private bool AppendText(ReadOnlySpan<byte> text)
    {
        bool seen = false;
        if (text.Length > Enough && IsEnough(text[^Enough..])) text = text[^Enough..];
        while (!text.IsEmpty)
        {
            int visible = text.IndexOfAnyInRange((byte)0, (byte)0x1f);
            if (visible < 0) visible = text.Length;
            seen |= visible > 0;
            Keep(text[..visible]);
            text = text[visible..];
            if (text.IsEmpty) break;
            if (text[0] == '\t') Keep(" "u8);
            int hidden = text[1..].IndexOfAnyExceptInRange((byte)0, (byte)8);
            text = hidden < 0 ? [] : text[(hidden + 1)..];
        }
        return seen;
    }

    // Whether nothing before these bytes will be kept. What is no text may go to and fro between what is seen and what is not.
    private static bool IsEnough(ReadOnlySpan<byte> text)
    {
        int visible = 0;
        foreach (byte b in text)
            if (b >= 0x20) visible++;
        return visible > Kept;
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        _isCut |= _length + text.Length > Kept;
        if (text.Length > Kept) text = text[^Kept..];
        if (_length + text.Length > _buffer.Length)
        {
            Segment.CopyTo(_buffer);
            _length = Math.Min(_length, Kept);
        }
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Takes a part of an escape sequence.</summary>
    /// <returns>How many bytes it took.</returns>
    private int TakeEscape(ReadOnlySpan<byte> bytes)
    {
        if (_state == State.String)
        {
            int end = bytes.IndexOfAny(Escape, Bell);
            var text = end < 0 ? bytes : bytes[..end];
            text[..Math.Min(text.Length, MaxOsc - _oscLength)].CopyTo(_osc.AsSpan(_oscLength));
            _oscLength = Math.Min(MaxOsc, _oscLength + text.Length);
            if (end < 0) return bytes.Length;
            if (bytes[end] == Bell) EndString();
            else _state = State.StringEscaped;
            return end + 1;
        }
        TakeEscape(bytes[0]);
        return 1;
    }

    private void TakeEscape(byte next)
    {
        switch (_state)
        {
            case State.StringEscaped when next == '\\':
                EndString();
                break;
            case State.Control when next is >= 0x20 and < 0x40:
                break;
            case State.Control when next != Escape:
                EndControl(next);
                break;
            case State.Escaped when next is >= 0x20 and < 0x30:
                break;
            default:
                _oscLength = 0;
                _state = next switch
                {
                    (byte)'[' => State.Control,
                    (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => State.String,
                    Escape => State.Escaped,
                    _ => State.Text,
                };
                break;
        }
    }

    private void EndControl(byte final)
    {
        _state = State.Text;
        // Up, down, back, to a column, to a place, and clear: what comes next stands over what was there. Forward stands for blanks.
        if (final is (byte)'C') Keep(" "u8);
        else if (final is (>= (byte)'A' and <= (byte)'H') or (byte)'J' or (byte)'f') EndSegment();
    }

    private void EndSegment()
    {
        _isSettled = false;
        Settle();
        (_number, _message) = (Number, Message);
        _length = 0;
        _isCut = false;
    }

    private void EndString()
    {
        _state = State.Text;
        Osc = OscProgress.TryRead(_osc.AsSpan(0, _oscLength)) ?? Osc;
        _oscLength = 0;
    }
}
