using System.Text.Json;

namespace Errand.Commands;

/// <summary>The question whether a dangerous command may start, and the answer to it. Only a person may answer.</summary>
internal static class CommandConsent
{
    private static readonly string[] Yes = ["yes", "y", "true", "ok", "confirm", "allow"];

    /// <summary>
    /// Sees to it, right before a command is to start, that it may: asks a person where the policy says so. What the policy refuses was refused
    /// when it was submitted; it may have changed since, and links as well.
    /// </summary>
    /// <returns>How the command ends without having been started; none where it may start.</returns>
    public static async ValueTask<JobOutcome?> DemandAsync(CommandInput input, CommandPolicy policy, JobContext job)
    {
        string? reason;
        try { reason = policy.Demand(input); }
        catch (InvalidJobException e)
        {
            return JobOutcome.Failed(new JobError(JobErrorCodes.StartFailed, $"The command was not started. {e.Message}", Retryable: false));
        }
        if (reason is null || IsYes(await job.AskAsync(QuestionOf(input, reason)))) return null;
        return NotConfirmed(reason, await LastToAnswerAsync(job));
    }

    private static async ValueTask<string?> LastToAnswerAsync(JobContext job)
    {
        if (job.Services.GetService(typeof(IJobClient)) is not IJobClient client) return null;
        return (await client.FindAsync(job.Id, job.CancellationToken))?.Inputs.LastOrDefault(input => !input.IsOutstanding)?.AnsweredBy;
    }

    /// <summary>The question.</summary>
    /// <param name="input">The command; its environment and what it reads are not told.</param>
    /// <param name="reason">Why it is asked, as a sentence.</param>
    public static JobData QuestionOf(CommandInput input, string reason)
    {
        string command = CommandText.Of(input, CommandText.LongLength);
        string cwd = input.Cwd ?? Environment.CurrentDirectory;
        var question = new ConsentQuestion("confirmation", OnlyPerson: true, $"Run this command? {reason}", command, cwd);
        return JobData.From(question, CommandJson.Plain.ConsentQuestion);
    }

    /// <summary>Whether an answer is a yes: <c>{"confirm": true}</c>, <c>{"allow": true}</c>, <c>true</c> or "yes". Anything else is a no.</summary>
    public static bool IsYes(JobData answer)
    {
        if (answer.IsNone) return false;
        var value = answer.ToElement();
        return IsYes(value) || (value.ValueKind == JsonValueKind.Object
            && (value.TryGetProperty("confirm", out var yes) || value.TryGetProperty("allow", out yes)) && IsYes(yes));
    }

    /// <summary>The end of a command that nobody said yes to.</summary>
    /// <param name="reason">Why it was asked, as a sentence.</param>
    /// <param name="by">Who answered, where that is known.</param>
    public static JobOutcome NotConfirmed(string reason, string? by = null) => JobOutcome.Failed(new JobError(
        JobErrorCodes.StartFailed,
        $"The command was not started, because {(by is null ? "it was not confirmed" : $"{by} did not confirm it")}. " +
        $"It was asked for since: {reason} " +
        "Submit it again to be asked again, or change what is asked about (CommandOptions.Policy).",
        Retryable: false));

    private static bool IsYes(JsonElement value) => value.ValueKind == JsonValueKind.True
        || (value.ValueKind == JsonValueKind.String && Yes.Contains(value.GetString()!.Trim(), StringComparer.OrdinalIgnoreCase));
}

/// <summary>What a person is asked.</summary>
internal sealed record ConsentQuestion(string Kind, bool OnlyPerson, string Message, string Command, string Cwd);
