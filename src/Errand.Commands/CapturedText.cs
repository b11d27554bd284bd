using System.Globalization;
using System.Text;

namespace Errand.Commands;

/// <summary>The start and the end of what a command has written to one stream, within a bound, whatever its length.</summary>
internal sealed class CapturedText
{
    private const int HeadBytes = 8 * 1024;
    private const int TailBytes = 16 * 1024;
    private readonly byte[] _head;
    private readonly byte[] _tail;
    private readonly long _length;

    private CapturedText(byte[] head, byte[] tail, long length)
    {
        _head = head;
        _tail = tail;
        _length = length;
    }

    public static CapturedText Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(file);
            byte[] head = new byte[Math.Min(length, HeadBytes)];
            byte[] tail = new byte[Math.Min(length - head.Length, TailBytes)];
            if (head.Length > 0) RandomAccess.Read(file, head, 0);
            if (tail.Length > 0) RandomAccess.Read(file, tail, length - tail.Length);
            return new(head, tail, length);
        }
        catch (FileNotFoundException) { return new([], [], 0); }
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
