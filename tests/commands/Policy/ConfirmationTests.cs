using Errand.Testing;

namespace Errand.Commands.Tests;

/// <summary>A person is asked before a dangerous command starts.</summary>
public sealed class ConfirmationTests
{
    private readonly CommandPolicy _policy = new();

    [Fact]
    public void L4_a_yes_lets_it_start()
    {
        using var errand = Start();
        var asked = Submit(errand, "rm -rf /");
        Assert.Equal(JobState.Waiting, asked.State);
        Assert.StartsWith("""{"kind":"confirmation","onlyPerson":true,""", asked.Inputs[0].Request.ToString(), StringComparison.Ordinal);
        var ended = Answer(errand, asked, """{"confirm":true}""");
        Assert.Equal(JobState.Completed, ended.State);
    }

    [Fact]
    public void L4_a_no_is_a_start_that_failed_and_says_whose()
    {
        using var errand = Start();
        var ended = Answer(errand, Submit(errand, "rm -rf /"), "false");
        Assert.Equal((JobState.Failed, JobErrorCodes.StartFailed), (ended.State, ended.Outcome!.Error!.Code));
        string message = ended.Outcome.Error.Message;
        Assert.StartsWith("The command was not started, because ann did not confirm it. It was asked for", message, StringComparison.Ordinal);
    }

    [Fact]
    public void L4_what_is_harmless_starts_without_a_question()
    {
        using var errand = Start();
        Assert.Equal(JobState.Completed, Submit(errand, "rm -rf build").State);
    }

    [Fact]
    public void L4_what_is_refused_by_the_time_it_would_start_does_not()
    {
        using var errand = Start();
        _policy.Rules.Add(CommandRule.Deny("make"));
        var ended = Submit(errand, "make");
        Assert.Equal((JobState.Failed, JobErrorCodes.StartFailed), (ended.State, ended.Outcome!.Error!.Code));
        Assert.Contains("a rule says 'deny make'", ended.Outcome.Error.Message, StringComparison.Ordinal);
    }

    private static Job Submit(ErrandTest errand, string line)
    {
        var job = errand.Run(jobs => jobs.SubmitAsync(Command.Line(line).ToSpec() with { Kind = "guarded" }));
        errand.RunToIdle();
        return errand.Run(jobs => jobs.GetAsync(job.Id));
    }

    private static Job Answer(ErrandTest errand, Job asked, string answer)
    {
        errand.Run(jobs => jobs.AnswerAsync(asked.Id, asked.Inputs[0].Key, JobData.Parse(answer), "ann"));
        errand.RunToIdle();
        return errand.Run(jobs => jobs.GetAsync(asked.Id));
    }

    private ErrandTest Start() => ErrandTest.Start(errand => errand.AddJob(
        "guarded", async job => await CommandConsent.DemandAsync(CommandInput.Read(job.Input), _policy, job) ?? JobOutcome.Completed()));
}
