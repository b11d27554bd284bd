using System.Buffers;

namespace Errand.Commands;

/// <summary>
/// One of a command's streams, read for progress. Of a piece only the line that was under way, the last lines that tell something, and the line
/// that it breaks off in are looked at.
/// </summary>
internal sealed class ProgressStream(ProgressReader reader)
{
    // Lines that look like progress and are none could otherwise cost more than all the rest.
    private const int MinLooks = 24;
    private const int BytesForLook = 2048;

    // A carriage return and a backspace write over what was there.
    private static readonly SearchValues<byte> Ends = SearchValues.Create("\n\r\b\v\f"u8);

    private readonly ProgressLine _line = new(reader);
    private readonly ProgressLine _earlier = new(reader);
    private News<ProgressNumber> _number;
    private News<string> _message;
    private int _lineSeenAt;

    /// <summary>The last progress told, and when.</summary>
    public News<ProgressNumber> Number => _line.Number is { } number ? new(number, _lineSeenAt) : _number;

    /// <summary>The last line that is not blank, and when it was seen.</summary>
    public News<string> Message => _line.Message is { } message ? new(message, _lineSeenAt) : _message;

    /// <summary>The last thing told to the task bar, and when.</summary>
    public News<OscProgress> Osc { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes; not none.</param>
    /// <param name="now">Rises with each piece of either stream.</param>
    public void Feed(ReadOnlySpan<byte> bytes, int now)
    {
        int end = bytes.IndexOfAny(Ends);
        Append(end < 0 ? bytes : bytes[..end], now);
        if (end >= 0)
        {
            EndLine();
            bytes = bytes[(end + 1)..];
            int last = bytes.LastIndexOfAny(Ends);
            if (last >= 0) LookBack(bytes[..last], now);
            Append(bytes[(last + 1)..], now);
        }
        _line.Settle();
    }

    private void Append(ReadOnlySpan<byte> bytes, int now)
    {
        var before = _line.Osc;
        if (_line.Append(bytes)) _lineSeenAt = now;
        if (_line.Osc is { } osc && !ReferenceEquals(osc, before)) Osc = new(osc, now);
    }

    private void EndLine()
    {
        _line.Settle();
        (_number, _message) = (Number, Message);
        _line.Clear();
    }

    /// <summary>Reads whole lines from the last one back, until one has told each thing.</summary>
    private void LookBack(ReadOnlySpan<byte> lines, int now)
    {
        LookForOsc(lines, now);
        bool hasNumber = false, hasMessage = false;
        for (int looks = MinLooks + lines.Length / BytesForLook; looks > 0 && !(hasNumber && hasMessage); looks--)
        {
            int at = hasMessage ? reader.LastCandidate(lines) : lines.LastIndexOfAnyExcept(Ends);
            if (at < 0) return;
            var line = LineAt(lines, at, out int start);
            Read(line, wantsMessage: !hasMessage);
            if (!hasMessage && _earlier.Message is { } message) (hasMessage, _message) = (true, new(message, now));
            if (!hasNumber && _earlier.Number is { } number) (hasNumber, _number) = (true, new(number, now));
            lines = lines[..start];
        }
    }

    private void LookForOsc(ReadOnlySpan<byte> lines, int now)
    {
        for (int at; (at = lines.LastIndexOf("\e]9;4;"u8)) >= 0;)
        {
            Read(LineAt(lines, at, out int start), wantsMessage: false);
            if (_earlier.Osc is { } osc)
            {
                Osc = new(osc, now);
                return;
            }
            lines = lines[..start];
        }
    }

    private void Read(ReadOnlySpan<byte> line, bool wantsMessage)
    {
        _earlier.Clear();
        _earlier.WantsMessage = wantsMessage;
        _earlier.Append(line);
        _earlier.Settle();
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> lines, int at, out int start)
    {
        start = lines[..at].LastIndexOfAny(Ends) + 1;
        int length = lines[at..].IndexOfAny(Ends);
        return length < 0 ? lines[start..] : lines[start..(at + length)];
    }

    /// <summary>Something told, and when.</summary>
    public readonly record struct News<T>(T? Value, int At)
    {
        public static News<T> Later(News<T> one, News<T> other) => other.At > one.At ? other : one;
    }
}
