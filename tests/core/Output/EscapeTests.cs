using System.Text;

namespace Errand.Tests.Output;

public sealed class EscapeTests
{
    public static TheoryData<string, string> Sequences => new()
    {
        { "\e[1;31mred\e[0m plain", "red plain" },
        { "\e[?25l\e[2K\e[3Aup\e[38;5;196mx", "upx" },
        { "\e]0;title\aafter", "after" },
        { "\e]8;;https://example.org\e\\link\e]8;;\e\\.", "link." },
        { "\ePq#0;2;0;0;0~-\e\\sixel", "sixel" },
        { "\e_app\e\\\e^pm\e\\\eXsos\e\\x", "x" },
        { "\e(B\e)0\e=\e>\e7\e8\eMx", "x" },
        { "\u009b31mred\u009b0m \u009d0;t\u009cx", "red x" },
        { "bell\a back\b\b nul\0 del\u007f tab\tend", "bell back nul del tab\tend" },
        { "\e]0;never ended\nnext line", "\nnext line" },
        { "\e[31\nnext", "\nnext" },
        { "\e]0;cut\e[1mbold", "bold" },
        { "\e\e[1mx\e", "x" },
        { "naïve Â© ¢ £", "naïve Â© ¢ £" },
        { "\u0085next\u0080", "next" },
    };

    [Theory]
    [MemberData(nameof(Sequences))]
    public void E4_escape_sequences_are_left_out_wherever_they_are_cut(string raw, string shown)
    {
        byte[] bytes = OutputSamples.Utf8(raw);
        Assert.Equal(shown, Decoded(bytes, cut: bytes.Length));
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Equal(shown, Decoded(bytes, cut));
        Assert.Equal(shown, Decoded(bytes, everyByte: true));
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task E4_lines_are_shown_without_escape_sequences(string raw, string shown)
    {
        await using var log = OutputSamples.LogOf(raw, OutputSamples.Chance());
        Assert.Equal(shown.Split('\n'), await log.TextsAsync(new() { StripEscapes = true }));
    }

    [Fact]
    public void E4_without_being_asked_escape_sequences_stay_as_they_are()
    {
        var decoder = new OutputTextDecoder();
        Assert.Equal("\e[1mx\0\a", decoder.Decode(OutputStream.Out, "\e[1mx\0\a"u8));
    }

    [Fact]
    public void The_streams_do_not_meet_in_the_middle_of_a_character()
    {
        var decoder = new OutputTextDecoder(stripEscapes: true);
        var text = new StringBuilder();
        text.Append(decoder.Decode(OutputStream.Out, [0xf0, 0x9f]));
        text.Append(decoder.Decode(OutputStream.Err, "err\e["u8));
        text.Append(decoder.Decode(OutputStream.Out, [0xa6, 0x8a]));
        text.Append(decoder.Decode(OutputStream.Err, "1m!"u8));
        text.Append(decoder.Decode(OutputStream.Out, [0xe2, 0x82]));
        Assert.Equal("err🦊!", text.ToString());
        Assert.Equal("\ufffd", decoder.Flush(OutputStream.Out));
        Assert.Equal("", decoder.Flush(OutputStream.Err));
    }

    private static string Decoded(byte[] bytes, int cut = 0, bool everyByte = false)
    {
        var decoder = new OutputTextDecoder(stripEscapes: true);
        var text = new StringBuilder();
        if (everyByte)
            foreach (byte b in bytes) text.Append(decoder.Decode(OutputStream.Out, [b]));
        else
            text.Append(decoder.Decode(OutputStream.Out, bytes.AsSpan(0, cut))).Append(decoder.Decode(OutputStream.Out, bytes.AsSpan(cut)));
        return text.Append(decoder.Flush(OutputStream.Out)).ToString();
    }
}
