namespace Errand.Commands.Tests;

public sealed class CommandOptionsTests
{
    [Fact]
    public void L1_the_shipped_options_hold() => new CommandOptions().Check();

    [Theory]
    [InlineData("TerminateAfter")]
    [InlineData("KillAfter")]
    [InlineData("DefaultShell")]
    [InlineData("Supervisor")]
    [InlineData("ProgressPatterns")]
    [InlineData("AllowedFolders")]
    public void L1_options_that_cannot_be_kept_are_refused_by_name(string option)
    {
        var options = new CommandOptions();
        switch (option)
        {
            case "TerminateAfter": options.TerminateAfter = -TimeSpan.FromSeconds(1); break;
            case "KillAfter": options.KillAfter = TimeSpan.FromMilliseconds(10); break;
            case "DefaultShell": options.DefaultShell = "bash"; break;
            case "Supervisor": options.Supervisor = (SupervisorChoice)7; break;
            case "ProgressPatterns": options.ProgressPatterns.Add("(?<what>x)"); break;
            case "AllowedFolders": options.Policy.AllowedFolders.Add("srv"); break;
        }
        Assert.Contains(option, Assert.Throws<InvalidOperationException>(options.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void L6_patterns_and_the_usual_are_the_hosts_to_choose()
    {
        var options = new CommandOptions { ReadsProgress = false };
        options.ProgressPatterns.Add(@"epoch (?<current>\d+)\|(?<total>\d+)");
        var progress = new OutputProgress(options.CreateProgressReader());
        progress.Feed(OutputStream.Err, "epoch 3|8\n42%\n"u8);
        Assert.Equal(new JobProgress(3, 8, "42%"), progress.Latest);
    }
}
