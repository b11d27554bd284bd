namespace Errand.Commands;

/// <summary>Runs the CLI of an agent, under the same supervision as a command.</summary>
/// <param name="options">The profiles.</param>
/// <param name="commands">What commands are run with.</param>
internal sealed class AgentExecutor(AgentOptions options, CommandParts commands) : IJobExecutor
{
    private readonly CommandRunner _runner = new(commands);

    public ValueTask<JobOutcome> RunAsync(JobContext job) => RunAsync(job, isTakenUp: false);

    public ValueTask<JobOutcome> ResumeAsync(JobContext job) => RunAsync(job, isTakenUp: true);

    private async ValueTask<JobOutcome> RunAsync(JobContext job, bool isTakenUp)
    {
        // Its server may have gone before it began.
        isTakenUp = isTakenUp && _runner.HasBegun(job);
        var input = AgentInput.Read(job.Input);
        var profile = ProfileOf(input);
        var state = AgentState.Of(job.Checkpoint);
        var guard = new AgentBudgetGuard(profile, state.Spent);
        string prompt = state.GoesOn ? profile.GoOnPrompt : input.Prompt!;
        var command = AgentCommandLine.For(profile, input, prompt, state.GoesOn ? state.Session : input.Session, guard.CostLeft);
        if (!isTakenUp && await CommandConsent.DemandAsync(command, commands.Options.Policy, job) is { } refused) return refused;
        using var run = new AgentRun(profile, state, guard, job) { Prompt = prompt, IsTakenUp = isTakenUp };
        var plan = new CommandPlan(command) { Listener = run, Limits = job.Spec.Limits ?? profile.Budgets.ToLimits() ?? JobLimits.None };
        return await run.EndAsync(isTakenUp ? await _runner.ResumeAsync(plan, job) : await _runner.RunAsync(plan, job));
    }

    // A profile may have been taken out of the configuration since the job was submitted.
    private AgentProfile ProfileOf(AgentInput input)
    {
        try { return options.Find(input.Profile); }
        catch (InvalidJobException e)
        {
            throw new JobErrorException(new(JobErrorCodes.StartFailed, e.Message, Retryable: false));
        }
    }
}
