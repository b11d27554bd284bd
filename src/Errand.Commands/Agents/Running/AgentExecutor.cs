namespace Errand.Commands;

/// <summary>Runs the CLI of an agent.</summary>
/// <param name="options">The profiles.</param>
/// <param name="processes">Starts CLIs.</param>
internal sealed class AgentExecutor(AgentOptions options, IAgentProcesses processes) : IJobExecutor
{
    public ValueTask<JobOutcome> RunAsync(JobContext job) => RunAsync(job, processes.RunAsync);

    public ValueTask<JobOutcome> ResumeAsync(JobContext job) => RunAsync(job, processes.ResumeAsync);

    private async ValueTask<JobOutcome> RunAsync(JobContext job, Func<CommandInput, IAgentListener, JobContext, Task<AgentExit>> go)
    {
        var input = AgentInput.Read(job.Input);
        var profile = ProfileOf(input);
        var state = AgentState.Of(job.Checkpoint);
        var guard = new AgentBudgetGuard(profile, state.Spent);
        var command = state.GoesOn
            ? AgentCommandLine.For(profile, input, profile.GoOnPrompt, state.Session, guard.CostLeft)
            : AgentCommandLine.For(profile, input, input.Prompt!, input.Session, guard.CostLeft);
        var run = new AgentRun(profile, state, guard, job);
        return await run.EndAsync(await go(command, run, job));
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
