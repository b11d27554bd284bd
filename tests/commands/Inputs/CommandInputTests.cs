namespace Errand.Commands.Tests;

/// <summary>What a command may be given, and what is said of the rest.</summary>
public sealed class CommandInputTests
{
    [Theory]
    [InlineData("""{}""", "command")]
    [InlineData("""{"command":" "}""", "command")]
    [InlineData("""{"command":"ls","argv":["ls"]}""", "command")]
    [InlineData("""{"argv":[]}""", "argv")]
    [InlineData("""{"argv":["ls"],"shell":"/bin/bash"}""", "shell")]
    [InlineData("""{"command":"ls","cwd":"relative"}""", "cwd")]
    [InlineData("""{"command":"ls","env":{"A=B":"c"}}""", "env")]
    [InlineData("""{"command":"ls","expectedExitCodes":[]}""", "expectedExitCodes")]
    [InlineData("""{"command":"a\u0000b"}""", "command")]
    [InlineData("""{"argv":["ls",null]}""", "argv")]
    [InlineData("""{"argv":[""]}""", "argv")]
    [InlineData("""{"command":"ls","shell":""}""", "shell")]
    [InlineData("""{"command":"ls","user":""}""", "user")]
    [InlineData("""{"command":"ls","user":"-x"}""", "user")]
    [InlineData("""{"command":"ls","user":7}""", "user")]
    [InlineData("""{"command":"ls","expectedExitCodes":[256]}""", "expectedExitCodes")]
    [InlineData("""{"command":"ls","keepStdinOpen":"yes"}""", "keepStdinOpen")]
    [InlineData("""{"command":"ls","nonsense":1}""", "nonsense")]
    [InlineData("""{"command":"ls","stdin":"x","keepStdinOpen":true}""", "stdin")]
    public void L1_what_does_not_fit_is_refused_by_its_name(string input, string parameter)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CommandInput.Read(JobData.Parse(input)));
        Assert.Equal(parameter, refusal.Parameter);
    }

    [Theory]
    [InlineData("""{"command":"ls","env":{"KEY=secret":""}}""")]
    [InlineData("""{"command":"ls","env":{"KEY":"secret\u0000"}}""")]
    [InlineData("""{"command":"ls","env":{"KEY":["secret"]}}""")]
    [InlineData("""{"command":"ls","env":{"KEY":{"secret":1}}}""")]
    [InlineData("""{"argv":["ls"],"shell":"sh","stdin":"secret","env":{"KEY":"secret"}}""")]
    [InlineData("""{"command":"ls","stdin":["secret"]}""")]
    public void L1_no_refusal_tells_a_secret(string input)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CommandInput.Read(JobData.Parse(input)));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Parameter, StringComparison.Ordinal);
    }

    [Fact]
    public void L1_all_that_can_be_given_is_read()
    {
        var input = CommandInput.Read(JobData.Parse(
            """
            {"command":"cat","cwd":"/","env":{"A":"b"},"stdin":"x","shell":"bash","user":"joe","expectedExitCodes":[0,1]}
            """));
        Assert.Equal(("cat", "/", "b", "x"), (input.Command, input.Cwd, input.Env!["A"], input.Stdin));
        Assert.True(CommandInput.Read(JobData.Parse("""{"argv":["cat"],"keepStdinOpen":true}""")).KeepStdinOpen);
        Assert.Equal(("bash", "joe"), (input.Shell, input.User));
        Assert.Equal([0, 1], input.ExpectedExitCodes!);
        Assert.Equal(["bash", "-c", "cat"], input.ArgumentsFromName);
    }

    [Fact]
    public void L1_the_hosts_shell_is_that_of_lines_which_name_none()
    {
        var options = new CommandOptions { DefaultShell = "/bin/bash" };
        Assert.Equal("/bin/bash", CommandInput.Read(JobData.Parse("""{"command":"ls"}"""), options).Program);
        Assert.Equal("/bin/dash", CommandInput.Read(JobData.Parse("""{"command":"ls","shell":"/bin/dash"}"""), options).Program);
        Assert.Equal("/bin/sh", CommandInput.Read(JobData.Parse("""{"command":"ls"}""")).Program);
        Assert.Equal("ls", CommandInput.Read(JobData.Parse("""{"argv":["ls"]}"""), options).Program);
    }
}
