using System.Buffers;

namespace Errand;

/// <summary>
/// Leaves terminal escape sequences out of bytes that come in any pieces: CSI, OSC and the other strings (ended by BEL or ST), two- and
/// three-character escapes, their C1 forms in UTF-8, and control characters other than tab, line feed and carriage return.
/// </summary>
/// <remarks>A string that has no end would hide everything after it; a line feed ends it here, which no string in use contains.</remarks>
internal sealed class EscapeFilter
{
    private const byte Bell = 0x07;
    private const byte LineFeed = 0x0a;
    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1a;
    private const byte Escape = 0x1b;

    // C1 controls are U+0080 to U+009F: this byte, and one from 80 to 9F.
    private const byte C1Lead = 0xc2;
    private static readonly byte[] C1LeadAlone = [C1Lead];
    private static readonly SearchValues<byte> Specials = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(b => b is not ('\t' or '\n' or '\r')).Select(b => (byte)b), 0x7f, C1Lead]);

    private State _state;

    private enum State
    {
        Text, Lead, Escaped, Intermediate, Csi, String, StringEscaped, StringLead,
    }

    /// <summary>Takes the next run of text from the front of the bytes. The run is the part right before what is left of them.</summary>
    /// <returns>Whether there was anything left to take.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> text)
    {
        text = [];
        if (bytes.IsEmpty) return false;
        if (_state == State.Lead)
        {
            if (bytes[0] is < 0x80 or > 0x9f)
            {
                _state = State.Text;
                text = C1LeadAlone;
                return true;
            }
            _state = C1(bytes[0]);
            bytes = bytes[1..];
            return true;
        }
        if (_state != State.Text)
        {
            var (state, taken) = Next(_state, bytes[0]);
            _state = state;
            bytes = bytes[taken..];
            return true;
        }
        int length = bytes.IndexOfAny(Specials);
        text = length < 0 ? bytes : bytes[..length];
        bytes = bytes[text.Length..];
        if (!text.IsEmpty || bytes.IsEmpty) return true;
        _state = bytes[0] switch { Escape => State.Escaped, C1Lead => State.Lead, _ => State.Text };
        bytes = bytes[1..];
        return true;
    }

    /// <summary>Whether the bytes ended in the middle of a character.</summary>
    public ReadOnlySpan<byte> Flush()
    {
        bool isLead = _state == State.Lead;
        _state = State.Text;
        return isLead ? C1LeadAlone : [];
    }

    private static (State State, int Taken) Next(State state, byte b) => state switch
    {
        State.Escaped => b switch
        {
            (byte)'[' => (State.Csi, 1),
            (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => (State.String, 1),
            >= 0x20 and <= 0x2f => (State.Intermediate, 1),
            >= 0x30 and <= 0x7e => (State.Text, 1),
            _ => (State.Text, 0),
        },
        State.Intermediate => b switch
        {
            >= 0x20 and <= 0x2f => (State.Intermediate, 1),
            >= 0x30 and <= 0x7e => (State.Text, 1),
            _ => (State.Text, 0),
        },
        State.Csi => b switch
        {
            >= 0x20 and <= 0x3f => (State.Csi, 1),
            >= 0x40 and <= 0x7e => (State.Text, 1),
            _ => (State.Text, 0),
        },
        State.StringEscaped => b == (byte)'\\' ? (State.Text, 1) : (State.Escaped, 0),
        State.StringLead => b == 0x9c ? (State.Text, 1) : (State.String, 0),
        _ => b switch
        {
            Bell or Cancel or Substitute => (State.Text, 1),
            LineFeed => (State.Text, 0),
            Escape => (State.StringEscaped, 1),
            C1Lead => (State.StringLead, 1),
            _ => (State.String, 1),
        },
    };

    private static State C1(byte b) => b switch
    {
        0x9b => State.Csi,
        0x90 or 0x98 or 0x9d or 0x9e or 0x9f => State.String,
        _ => State.Text,
    };
}
