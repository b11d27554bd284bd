namespace Errand.Commands.Tests;

/// <summary>Who a command runs as.</summary>
public sealed class UserIdentityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("no-such-user-here")]
    [InlineData("root; id")]
    [InlineData("--help")]
    public async Task L1_an_unknown_user_is_refused(string name)
    {
        var error = (await Assert.ThrowsAsync<JobErrorException>(async () => await UserIdentity.FindAsync(name, Token))).Error;
        Assert.Equal((JobErrorCodes.StartFailed, false), (error.Code, error.Retryable));
        Assert.Contains($"there is no user '{name}' on this machine", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L1_ones_own_identity_need_not_be_taken_on() => Assert.Null(await UserIdentity.FindAsync(Environment.UserName, Token));

    [Fact(Timeout = 60_000)]
    public async Task L1_only_root_runs_commands_as_somebody_else()
    {
        string other = Environment.IsPrivilegedProcess ? "nobody" : "root";
        if (Environment.IsPrivilegedProcess)
        {
            var identity = (await UserIdentity.FindAsync(other, Token))!;
            Assert.True(identity.UserId > 0);
            Assert.Contains(identity.GroupId, identity.Groups);
            string number = identity.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(identity.UserId, (await UserIdentity.FindAsync(number, Token))!.UserId);
        }
        else
        {
            var error = (await Assert.ThrowsAsync<JobErrorException>(async () => await UserIdentity.FindAsync(other, Token))).Error;
            Assert.Contains("only a server that runs as root may", error.Message, StringComparison.Ordinal);
        }
    }
}
