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
    public void L1_what_does_not_fit_is_refused_by_its_name(string input, string parameter)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => CommandInput.Read(JobData.Parse(input)));
        Assert.Equal(parameter, refusal.Parameter);
    }
}
