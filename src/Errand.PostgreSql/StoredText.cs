using System.Buffers;
using System.Text;

namespace Errand.PostgreSql;

/// <summary>
/// Text as PostgreSQL can hold it. It takes no NUL and no half of a surrogate pair, and would refuse the whole write for the sake of one in
/// a program's error message. NUL is kept by way of an escape; a half pair, which UTF-8 has no bytes for, becomes U+FFFD.
/// </summary>
internal static class StoredText
{
    private const char Escape = '\u001a';
    private const char EscapedNul = '0';

    private static readonly SearchValues<char> Unusual = SearchValues.Create(
        ['\0', Escape, .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code)]);

    public static string? Encode(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAny(Unusual)) return text;
        var encoded = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is 0) encoded.Append(Escape).Append(EscapedNul);
            else if (rune.Value is Escape) encoded.Append(Escape).Append(Escape);
            else encoded.Append(rune);
        }
        return encoded.ToString();
    }

    public static string Decode(string text)
    {
        if (!text.Contains(Escape)) return text;
        var decoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != Escape || i + 1 == text.Length) decoded.Append(text[i]);
            else decoded.Append(text[++i] == EscapedNul ? '\0' : Escape);
        }
        return decoded.ToString();
    }
}
