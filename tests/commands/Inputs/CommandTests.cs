namespace Errand.Commands.Tests;

/// <summary>Commands as a library says them.</summary>
public sealed class CommandTests
{
    private static readonly Command Full = Command.Line("deploy --all") with
    {
        Cwd = "/srv", Env = new Dictionary<string, string> { ["TOKEN"] = "s3cret", ["A"] = "s3cret" }, Stdin = "s3cret",
        Shell = "/bin/bash", User = "joe", ExpectedExitCodes = [0, 2],
    };

    [Fact]
    public void A9_a_command_is_the_same_job_as_from_any_other_surface()
    {
        var spec = Full.ToSpec();
        Assert.Equal(("command", "deploy --all"), (spec.Kind, spec.Title));
        Assert.Equal(
            """
            {"command":"deploy --all","cwd":"/srv","env":{"TOKEN":"s3cret","A":"s3cret"},"stdin":"s3cret","shell":"/bin/bash",
            """.Trim() + """
            "user":"joe","expectedExitCodes":[0,2]}
            """,
            spec.Input.ToString());
        Assert.Equal("deploy --all", CommandInput.Read(spec.Input).Command);
    }

    [Fact]
    public void A9_what_is_not_said_is_absent()
    {
        Assert.Equal("""{"command":"ls"}""", Command.Line("ls").ToSpec().Input.ToString());
        Assert.Equal("""{"argv":["git","status","ä b"]}""", Command.Program("git", "status", "ä b").ToSpec().Input.ToString());
        Assert.Equal("""{"argv":["true"]}""", Command.Program("true").ToSpec().Input.ToString());
        Assert.Equal(Command.Line("ls").ToSpec().Input, Command.Line("ls").ToSpec().Input);
    }

    [Fact]
    public void A9_what_does_not_fit_is_refused_before_it_is_sent()
    {
        Assert.Equal("cwd", Assert.Throws<InvalidJobException>(() => (Command.Line("ls") with { Cwd = "x" }).ToSpec()).Parameter);
        Assert.Equal("command", Assert.Throws<InvalidJobException>(() => Command.Line("").ToSpec()).Parameter);
        Assert.Equal("shell", Assert.Throws<InvalidJobException>(() => (Command.Program("ls") with { Shell = "sh" }).ToSpec()).Parameter);
    }

    [Fact]
    public void L1_secrets_are_in_the_input_of_the_job_and_in_no_text_for_people()
    {
        var spec = Full.ToSpec();
        var id = JobId.Parse("01m7w8hn380j69cre12v5yj5azfz85e1x353");
        var job = new Job { Id = id, Spec = spec, CreatedAt = default, ScheduledAt = default, LastActivityAt = default };
        foreach (string text in new[] { Full.ToString(), spec.ToString(), job.ToString(), spec.Title!, CommandInput.Read(spec.Input).ToString() })
            Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.Equal(
            "deploy --all, cwd /srv, user joe, shell /bin/bash, env A TOKEN, stdin of 6 characters", Full.ToString());
    }

    [Theory]
    [InlineData("  make\n  -j8\t# all ", "make -j8 # all")]
    [InlineData("a\e[31mb", "a [31mb")]
    public void A9_a_title_is_one_line(string line, string title) => Assert.Equal(title, Command.Line(line).ToSpec().Title);

    [Fact]
    public void A9_a_long_title_is_shortened()
    {
        Assert.Equal(new string('x', 100), Command.Line(new string('x', 100)).ToSpec().Title);
        Assert.Equal(new string('x', 100) + "…", Command.Line(new string('x', 101)).ToSpec().Title);
        Assert.Equal(new string('x', 99) + "…", Command.Line(new string('x', 99) + "😀").ToSpec().Title);
        Assert.Equal("git commit -m 'it'\\''s \"done\"' ''", Command.Program("git", "commit", "-m", "it's \"done\"", "").ToSpec().Title);
    }
}
