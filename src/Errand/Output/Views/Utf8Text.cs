namespace Errand;

/// <summary>Where UTF-8 may be cut.</summary>
internal static class Utf8Text
{
    /// <summary>How many bytes there are up to the last whole character; bytes that are no UTF-8 at all count as whole.</summary>
    public static int WholeLength(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte b = bytes[^back];
            if ((b & 0xc0) == 0x80) continue;
            int needed = b switch { >= 0xf0 and <= 0xf4 => 4, >= 0xe0 and < 0xf0 => 3, >= 0xc2 and < 0xe0 => 2, _ => 1 };
            return needed > back ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }
}
