using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>The start and the end of what a command has written to one stream, within a bound, whatever its length.</summary>
internal sealed class CapturedText
{
    private const int HeadBytes = 8 * 1024;
    private const int TailBytes = 16 * 1024;
    private byte[] _head = [];
    private byte[] _tail = [];
    private long _length;

    /// <summary>What a file holds, of which no more is read.</summary>
    public static CapturedText Read(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        var text = new CapturedText { _length = length };
        if (length == 0) return text;
        text._head = new byte[Math.Min(length, HeadBytes)];
        text._tail = new byte[Math.Min(length - text._head.Length, TailBytes)];
        RandomAccess.Read(file, text._head, 0);
        if (text._tail.Length > 0) RandomAccess.Read(file, text._tail, length - text._tail.Length);
        return text;
    }

    public override string ToString()
    {
        long leftOut = _length - _head.Length - _tail.Length;
        if (leftOut == 0) return Encoding.UTF8.GetString(_tail.Length == 0 ? _head : [.. _head, .. _tail]);
        string note = string.Create(CultureInfo.InvariantCulture, $"\n… {leftOut:N0} bytes left out …\n");
        return Encoding.UTF8.GetString(_head) + note + Encoding.UTF8.GetString(_tail);
    }

    /// <summary>The last lines, for a message.</summary>
    public string LastLines(int count, int maxLength)
    {
        string text = Encoding.UTF8.GetString(_tail.Length == 0 ? _head : _tail).TrimEnd();
        int start = text.Length;
        for (int line = 0; line < count && start > 0; line++) start = Math.Max(0, text.LastIndexOf('\n', start - 1));
        string last = text[start..].TrimStart('\n');
        return last.Length <= maxLength ? last : $"…{last[^maxLength..]}";
    }
}
