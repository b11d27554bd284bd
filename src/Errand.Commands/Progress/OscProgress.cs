using System.Buffers.Text;

namespace Errand.Commands;

/// <summary>
/// What a program tells a terminal's task bar by <c>ESC ] 9 ; 4 ; state ; percent</c>. While it says something there, what it writes into lines
/// does not count.
/// </summary>
/// <param name="IsShown">Whether there is progress; otherwise what was said before is taken back.</param>
/// <param name="Percent">How far it is; absent where it only says that it works.</param>
internal sealed record OscProgress(bool IsShown, double? Percent)
{
    private const int Removed = 0;
    private const int Set = 1;
    private const int Failed = 2;
    private const int Indeterminate = 3;
    private const int Paused = 4;

    public static ReadOnlySpan<byte> Prefix => "9;4;"u8;

    /// <summary>Reads what stands between <c>ESC ]</c> and the end. A failure or a pause without a percentage changes nothing.</summary>
    public static OscProgress? TryRead(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Prefix)) return null;
        text = text[Prefix.Length..];
        if (!Utf8Parser.TryParse(text, out int state, out int used)) return null;
        text = text[used..];
        double percent = 0;
        if (text is [(byte)';', .. var number] && Utf8Parser.TryParse(number, out int value, out _)) percent = Math.Clamp(value, 0, 100);
        return state switch
        {
            Removed => new(false, null),
            Set => new(true, percent),
            Indeterminate => new(true, null),
            Failed or Paused when percent > 0 => new(true, percent),
            _ => null,
        };
    }
}
