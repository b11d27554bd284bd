using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Errand.Commands.Tests;

public sealed class OutputProgressPropertyTests
{
    private static readonly string[] Words =
    [
        "42%", "7 %", "100%", "3/10", "[5/9]", "1/0", "11/20/2026", " of ", "3 of 4", "\n", "\n", "\r", "\r\n", "\b", "\t", " ", " ", ".", "text",
        "\0", "é", "😀", "\e[1m", "\e[0m", "\e[2K", "\e[1G", "\e[A", "\e]9;4;1;42\a", "\e]9;4;2\e\\", "\e]9;4;0\a", "\e]9;4;3\a", "\e]0;x\a", "\e",
        "\e]", "9", "/", "%", new('=', 300), new('.', 600),
    ];

    private static readonly Gen<(OutputStream Stream, byte[] Bytes)[]> Writes =
        Gen.Elements(Words).Select(Encoding.UTF8.GetBytes).ArrayOf()
            .Zip(Gen.Elements(OutputStream.Out, OutputStream.Out, OutputStream.Err), (words, stream) => (stream, words.SelectMany(b => b).ToArray()))
            .ArrayOf();

    [Fact]
    public void L6_wherever_output_is_cut_it_comes_to_the_same() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true),
        Prop.ForAll(
            Writes.ToArbitrary(),
            Gen.Choose(1, 40).ArrayOf().ToArbitrary(),
            (writes, sizes) =>
            {
                var whole = new OutputProgress(ProgressReader.Usual);
                var cut = new OutputProgress(ProgressReader.Usual);
                var bytes = new OutputProgress(ProgressReader.Usual);
                int next = 0;
                foreach (var (stream, text) in writes)
                {
                    whole.Feed(stream, text);
                    for (int at = 0; at < text.Length;)
                    {
                        int size = Math.Min(text.Length - at, sizes.Length == 0 ? 5 : sizes[next++ % sizes.Length]);
                        cut.Feed(stream, text.AsSpan(at, size));
                        at += size;
                    }
                    foreach (byte b in text) bytes.Feed(stream, [b]);
                }
                Assert.Equal(whole.Latest, cut.Latest);
                Assert.Equal(whole.Latest, bytes.Latest);
            }));

    [Fact]
    public void L6_whatever_comes_progress_is_within_its_bounds_and_messages_are_fit_to_be_shown() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true),
        Prop.ForAll<byte[][]>(pieces =>
        {
            var progress = new OutputProgress(ProgressReader.Usual);
            foreach (byte[] piece in pieces)
            {
                bool changed = progress.Feed(OutputStream.Out, piece);
                if (progress.Latest is not { } latest) { Assert.False(changed); continue; }
                Assert.InRange(latest.Percent ?? 0, 0, 100);
                if (latest.Message is not { } message) continue;
                Assert.InRange(message.Length, 1, 200);
                Assert.DoesNotContain(message, char.IsControl);
            }
        }));
}
