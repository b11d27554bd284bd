namespace Errand.Commands.Tests;

/// <summary>The programs that are found in shell lines.</summary>
public sealed class ShellLineTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a -x 'b c' \"d\" e\\ f", "a -x b_c d e_f")]
    [InlineData("a && b; c | d $(e)", "a; b; c; e; d $(e)")]
    [InlineData("a || b & c", "a; b; c")]
    [InlineData("a\nb\r\nc", "a; b; c")]
    [InlineData("a \\\n b", "a b")]
    [InlineData("a # b && c\nd", "a; d")]
    [InlineData("a b#c", "a b#c")]
    [InlineData("(a; b) | c", "a; b; c")]
    [InlineData("{ a; b; } > out 2>&1", "a; b")]
    [InlineData("a > 'b c' 2>/dev/null < d >> e <<< f", "a")]
    [InlineData("a &> b &", "a")]
    [InlineData("> out a b", "a b")]
    [InlineData("X=1 Y=\"$(b)\" a", "b; a")]
    [InlineData("X=1", "")]
    [InlineData("X+=1 a", "a")]
    [InlineData("a `b \\`c\\``", "c; b `c`; a `b_\\`c\\``")]
    [InlineData("a \"$(b \"$(c)\")\" d", "c; b $(c); a $(b_\"$(c)\") d")]
    [InlineData("a ${x:-$(b)}", "b; a ${x:-$(b)}")]
    [InlineData("a '$(b)' \"\\$(b)\"", "a $(b) $(b)")]
    [InlineData("a <(b c) >(d)", "b c; d; a <(b_c) >(d)")]
    [InlineData("if a; then b; elif c; then d; else e; fi", "a; b; c; d; e")]
    [InlineData("while a | b; do c; done | d", "a; b; c; d")]
    [InlineData("for x in 1 $(a) 3; do b $x; done", "a; b $x")]
    [InlineData("for x\ndo a; done", "a")]
    [InlineData("! a && ! b", "a; b")]
    [InlineData("[[ -f a && b < c ]] && d", "d")]
    [InlineData("[ -f a ] && b", "[ -f a ]; b")]
    [InlineData("cat <<EOF | a\nrm x\n$(b)\nEOF\nc", "cat; a; b; c")]
    [InlineData("cat <<'EOF'\n$(b)\nEOF\nc", "cat; c")]
    [InlineData("cat <<-EOF\n\tx\n\tEOF\nc", "cat; c")]
    [InlineData("find . -exec a {} \\;", "find . -exec a {} ;; a {}")]
    [InlineData("a 'it'\\''s'", "a it's")]
    [InlineData("a ''", "a ''")]
    [InlineData("2>x a", "a")]
    [InlineData("a 2 >x", "a 2")]
    [InlineData("echo $((1 + 2))", "", "arithmetic")]
    [InlineData("echo $'a\\'b' c", "echo $'a\\'b' c")]
    public void L4_every_program_of_a_line_is_found(string line, string programs, string? unknown = null)
    {
        var found = CommandPrograms.Of(new() { Command = line });
        Assert.Equal(unknown, found.Unknown);
        if (unknown is null) Assert.Equal(programs, string.Join("; ", found.Uses.Select(use => use.Text)));
    }

    [Theory]
    [InlineData("sudo -u joe -- a b", "sudo -u joe -- a b; a b")]
    [InlineData("sudo -E X=1 a", "sudo -E X=1 a; a")]
    [InlineData("env -i X=1 a b", "env -i X=1 a b; a b")]
    [InlineData("nohup nice -n 5 a b", "nohup nice -n 5 a b; nice -n 5 a b; a b")]
    [InlineData("timeout -s KILL 5s a b", "timeout -s KILL 5s a b; a b")]
    [InlineData("x | xargs -n 1 -I{} a {}", "x; xargs -n 1 -I{} a {}; a {}")]
    [InlineData("command -v git", "command -v git")]
    [InlineData("exec /usr/bin/a", "exec /usr/bin/a; a")]
    [InlineData("sh -c 'a; b'", "sh -c a;_b; a; b")]
    [InlineData("bash -lc \"a && b\"", "bash -lc a_&&_b; a; b")]
    [InlineData("bash -o pipefail -c a", "bash -o pipefail -c a; a")]
    [InlineData("bash ./script.sh x", "bash ./script.sh x; script.sh x")]
    [InlineData("eval a b", "eval a b; a b")]
    [InlineData(". ./x", ". ./x; x")]
    [InlineData("trap 'a b' EXIT", "trap a_b EXIT; a b")]
    [InlineData("busybox rm -r x", "busybox rm -r x; rm -r x")]
    public void L4_programs_that_start_others_are_seen_through(string line, string programs)
    {
        var found = CommandPrograms.Of(new() { Command = line });
        Assert.Null(found.Unknown);
        Assert.Equal(programs, string.Join("; ", found.Uses.Select(use => use.Text)));
    }

    [Theory]
    [InlineData("$X a")]
    [InlineData("a; r\"$X\"m")]
    [InlineData("$(echo rm) x")]
    [InlineData("/bin/r? x")]
    [InlineData("~/bin/a")]
    [InlineData("{a,b} c")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("a $(b")]
    [InlineData("a `b")]
    [InlineData("a ${b")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("f() { a; }")]
    [InlineData("function f { a; }")]
    [InlineData("case x in a) b;; esac")]
    [InlineData("eval $X")]
    [InlineData("echo x | sh")]
    [InlineData("sh -c \"$X\"")]
    [InlineData("env -S 'a b'")]
    [InlineData("alias ls=rm")]
    [InlineData("bash $X")]
    [InlineData("x=(a b)")]
    public void L4_what_cannot_be_read_is_said(string line) => Assert.NotNull(CommandPrograms.Of(new() { Command = line }).Unknown);

    [Fact]
    public void L4_a_line_for_another_language_is_unknown() =>
        Assert.Equal("a line for fish", CommandPrograms.Of(new() { Command = "a", Shell = "/usr/bin/fish" }).Unknown);

    [Fact]
    public void L4_a_list_of_arguments_is_seen_through_too() => Assert.Equal(
        ["sudo", "sh", "rm"], CommandPrograms.Of(new() { Argv = ["sudo", "sh", "-c", "rm x"] }).Uses.Select(use => use.Name));

    [Fact]
    public void L4_no_line_is_too_odd_to_be_read()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("ERRAND_SEED"), out int given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ERRAND_SEED={seed}");
        var random = new Random(seed);
        string[] parts =
        [
            "a", " ", "'", "\"", "`", "$(", "(", ")", "${", "}", "{", "|", "&", ";", "\n", "\\", "<<EOF", "<", ">", "EOF", "[[", "]]", "for", "in",
            "do", "case", "esac", "sh -c ", "eval ", "sudo ", "find . -exec ", "$'", "$((", "))", "#", "=", "*", "\0",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            string line = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            CommandPrograms.Of(new() { Command = line });
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("$(")]
    [InlineData("\"$(")]
    [InlineData("${")]
    [InlineData("`")]
    [InlineData("eval ")]
    [InlineData("sudo ")]
    [InlineData("<<E ")]
    [InlineData("\"${x:-")]
    public void L4_no_line_is_too_deep_or_takes_long(string part)
    {
        string line = string.Concat(Enumerable.Repeat(part, 20_000)) + "\n";
        CommandPrograms.Of(new() { Command = line });
    }
}
