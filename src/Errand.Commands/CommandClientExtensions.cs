using System.Text.Json;

namespace Errand.Commands;

/// <summary>Commands by way of the façade: the same jobs as those of every other surface.</summary>
public static class CommandClientExtensions
{
    /// <summary>Submits a command; once this returns it is kept.</summary>
    /// <param name="client">The façade.</param>
    /// <param name="command">The command.</param>
    /// <param name="configure">Sets more of the job: limits, retries, when it starts.</param>
    /// <param name="cancellationToken">Gives up waiting; the job may have been kept.</param>
    /// <exception cref="InvalidJobException">Something in it is not as it must be, or the policy refuses it.</exception>
    public static ValueTask<Job> SubmitCommandAsync(
        this IJobClient client, Command command, Func<JobSpec, JobSpec>? configure = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(SpecOf(command, configure), cancellationToken);

    /// <summary>
    /// Runs a command and answers with what it came to, or, when the caller's patience ends first, with the job that it has become. A failure
    /// of the command is an answer, and no exception.
    /// </summary>
    /// <param name="client">The façade.</param>
    /// <param name="command">The command.</param>
    /// <param name="options">How the caller waits.</param>
    /// <param name="configure">Sets more of the job: limits, retries.</param>
    /// <param name="abandon">The caller gives up.</param>
    /// <exception cref="InvalidJobException">Something in it is not as it must be, or the policy refuses it.</exception>
    public static async ValueTask<CommandCall> RunCommandAsync(
        this IJobClient client, Command command, CallOptions? options = null, Func<JobSpec, JobSpec>? configure = null,
        CancellationToken abandon = default) =>
        CommandCall.Of(await client.CallAsync(SpecOf(command, configure), options, abandon));

    /// <summary>Waits for the end of a command and answers with what it came to, also where it failed.</summary>
    /// <param name="client">The façade.</param>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Nothing where it was not started, or was cancelled.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public static async ValueTask<CommandResult?> WaitForCommandAsync(this IJobClient client, JobId id, CancellationToken cancellationToken = default)
    {
        var news = await client.WaitAsync(id, null, cancellationToken);
        return (await client.GetOutcomeAsync(news.Job, cancellationToken)).CommandResult();
    }

    /// <summary>
    /// What the command of a job came to, also where it failed; nothing while it runs, where it was not started or was cancelled, and where the
    /// result was too large for the job's row, so that it has to be asked for (<see cref="WaitForCommandAsync"/>).
    /// </summary>
    /// <param name="job">The job.</param>
    public static CommandResult? CommandResult(this Job job) => job.Kind == Command.Kind ? job.Outcome?.CommandResult() : null;

    /// <summary>What a command came to; nothing where it was not started or was cancelled.</summary>
    /// <param name="outcome">How its job ended.</param>
    public static CommandResult? CommandResult(this JobOutcome outcome)
    {
        try { return outcome.Result.As(CommandJson.Plain.CommandResult); }
        catch (JsonException)
        {
            // It is no command's.
            return null;
        }
    }

    private static JobSpec SpecOf(Command command, Func<JobSpec, JobSpec>? configure)
    {
        var spec = command.ToSpec();
        return configure is null ? spec : configure(spec);
    }
}
