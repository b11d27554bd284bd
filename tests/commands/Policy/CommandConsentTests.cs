using System.Text.Json;

namespace Errand.Commands.Tests;

/// <summary>The question to a person, and its answers.</summary>
public sealed class CommandConsentTests
{
    [Theory]
    [InlineData("""{"confirm":true}""", true)]
    [InlineData("""{"allow":true}""", true)]
    [InlineData("""{"confirm":"yes"}""", true)]
    [InlineData("true", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("\" Y \"", true)]
    [InlineData("false", false)]
    [InlineData("1", false)]
    [InlineData("null", false)]
    [InlineData("\"\"", false)]
    [InlineData("\"yes, but not now\"", false)]
    [InlineData("{}", false)]
    [InlineData("[true]", false)]
    [InlineData("""{"confirm":false,"allow":true}""", false)]
    [InlineData("""{"confirm":{"confirm":true}}""", false)]
    [InlineData("""{"action":"accept"}""", false)]
    public void L4_only_a_clear_yes_is_one(string answer, bool isYes) => Assert.Equal(isYes, CommandConsent.IsYes(JobData.Parse(answer)));

    [Fact]
    public void L4_no_answer_is_a_no() => Assert.False(CommandConsent.IsYes(JobData.None));

    [Fact]
    public void L4_only_a_person_may_answer_and_sees_what_would_run_and_where_and_no_secrets()
    {
        var input = new CommandInput
        {
            Argv = ["rm", "-rf", "/", "a b"], Cwd = "/srv", Env = new Dictionary<string, string> { ["KEY"] = "secret" }, Stdin = "secret",
        };
        var question = CommandConsent.QuestionOf(input, "It removes much.").ToElement();
        Assert.Equal(
            """{"kind":"confirmation","onlyPerson":true,"message":"Run this command? It removes much.","command":"rm -rf / 'a b'","cwd":"/srv"}""",
            question.GetRawText());
        Assert.Equal(JsonValueKind.True, question.GetProperty("onlyPerson").ValueKind);
    }

    [Fact]
    public void L4_a_no_says_whose_and_is_not_tried_again()
    {
        var outcome = CommandConsent.NotConfirmed("It removes much.", "ann");
        Assert.Equal((JobState.Failed, JobErrorCodes.StartFailed, false), (outcome.State, outcome.Error!.Code, outcome.Error.Retryable));
        Assert.Contains("ann did not confirm it", outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("it was not confirmed", CommandConsent.NotConfirmed("It removes much.").Error!.Message, StringComparison.Ordinal);
    }
}
