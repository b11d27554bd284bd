using System.Globalization;
using System.Text;

namespace Errand.Commands;

/// <summary>The start and the end of a stream, within a bound, whatever its length.</summary>
internal sealed class CapturedText
{
    private const int HeadBytes = 8 * 1024;
    private const int TailBytes = 16 * 1024;
    private readonly MemoryStream _head = new();
    private byte[] _tail = [];
    private long _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        int intoHead = Math.Min(bytes.Length, HeadBytes - (int)_head.Length);
        _head.Write(bytes[..intoHead]);
        bytes = bytes[intoHead..];
        if (bytes.IsEmpty) return;
        var kept = _tail.AsSpan(Math.Clamp(_tail.Length + bytes.Length - TailBytes, 0, _tail.Length));
        _tail = [.. kept, .. bytes[Math.Max(0, bytes.Length - TailBytes)..]];
    }

    public override string ToString()
    {
        string head = Encoding.UTF8.GetString(_head.GetBuffer(), 0, (int)_head.Length);
        long leftOut = _length - _head.Length - _tail.Length;
        if (leftOut == 0) return _tail.Length == 0 ? head : Encoding.UTF8.GetString([.. _head.ToArray(), .. _tail]);
        string note = string.Create(CultureInfo.InvariantCulture, $"\n… {leftOut:N0} bytes left out …\n");
        return head + note + Encoding.UTF8.GetString(_tail);
    }

    /// <summary>The last lines, for a message.</summary>
    public string LastLines(int count, int maxLength)
    {
        string text = Encoding.UTF8.GetString(_tail.Length == 0 ? _head.ToArray() : _tail).TrimEnd();
        int start = text.Length;
        for (int line = 0; line < count && start > 0; line++) start = Math.Max(0, text.LastIndexOf('\n', start - 1));
        string last = text[start..].TrimStart('\n');
        return last.Length <= maxLength ? last : $"…{last[^maxLength..]}";
    }
}
