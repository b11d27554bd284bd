using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Errand.Mcp;

/// <summary>Jobs in a few words, for those who read text: what they are doing, and which tool to call next.</summary>
internal sealed class JobText(JobToolNames names)
{
    private const int LongMessage = 300;

    /// <summary>A line: its id, its state and why.</summary>
    public static string Line(Job job)
    {
        var text = new StringBuilder($"Job {job.Id} ({job.Spec.Title ?? job.Kind}) {StateOf(job)}");
        if (job.CancelRequest is not null && !job.IsTerminal) text.Append(", and told to stop");
        if (job.Outcome?.ExitCode is { } code && job.State != JobState.Cancelled) text.Append(CultureInfo.InvariantCulture, $", exit code {code}");
        return text.Append(Progress(job)).Append('.').ToString();
    }

    /// <summary>How far a live job has come: <c>, 42 %, compiling</c>.</summary>
    public static string Progress(Job job)
    {
        if (job.Progress is not { } progress || job.IsTerminal) return "";
        string percent = progress.Percent is { } known ? string.Create(CultureInfo.InvariantCulture, $", {known:F0} %") : "";
        return progress.Message is { } message ? $"{percent}, {message}" : percent;
    }

    /// <summary>A job, why it waits, its last lines or what it came to, and what to call next.</summary>
    public string Status(JobStatus status, JobAnswer? answer)
    {
        var job = status.Job;
        var text = new StringBuilder(Line(job));
        if (status.WaitingFor is { } wait && job.State != JobState.Waiting) text.Append(CultureInfo.InvariantCulture, $" {wait.Detail}");
        if (status.Eta is { } eta) text.Append(CultureInfo.InvariantCulture, $" It should be done at {eta.At:u}.");
        if (job.State == JobState.Waiting) text.Append('\n').Append(Questions(job));
        else if (!job.IsTerminal) text.Append(CultureInfo.InvariantCulture, $" To wait for its end call {names.Of(JobToolNames.Wait)}.");
        if (status.LastLines.Count > 0 && answer is not { IsInline: true }) text.Append("\nIts last lines:\n").AppendJoin('\n', status.LastLines);
        if (job.IsTerminal) text.Append(End(job, answer));
        return text.ToString();
    }

    /// <summary>Why an ended job failed, and what it came to.</summary>
    /// <param name="job">The job.</param>
    /// <param name="answer">What it came to.</param>
    /// <param name="isShort">Whether what it has written is told beside.</param>
    public string End(Job job, JobAnswer? answer, bool isShort = false)
    {
        var text = new StringBuilder();
        // The answer of a tool that says that it is an error says why, too.
        bool saysItself = answer is { IsInline: true, IsError: true, IsOfCommand: false };
        if (!saysItself && job.Outcome?.Error is { } error) text.Append('\n').Append(isShort ? Shorten(error.Message) : error.Message);
        if (answer is { IsInline: true })
            text.Append('\n').Append(answer.IsError ? "Its result says that it is an error:\n" : "Its result:\n").Append(answer.Text);
        else if (answer is not null)
            text.Append(CultureInfo.InvariantCulture, $"\nIts result has {answer.Bytes:N0} bytes: call {names.Of(JobToolNames.Result)} for it.");
        return text.ToString();
    }

    /// <summary>The first line of a message that is a long one of several.</summary>
    public static string Shorten(string message) =>
        message.Length > LongMessage && message.IndexOf('\n') is > 0 and var end ? $"{message[..end]} …" : message;

    /// <summary>What a job asks, and how to answer.</summary>
    public string Questions(Job job)
    {
        var text = new StringBuilder();
        foreach (var input in job.Inputs.Where(input => input.IsOutstanding))
        {
            var question = input.Request.ToElement();
            text.Append(CultureInfo.InvariantCulture, $"It asks (key \"{input.Key}\"): {QuestionAnswer.MessageOf(question)}");
            text.Append(QuestionAnswer.IsOnlyForPerson(question)
                ? " Only a person may answer that; it goes on once one has."
                : $" Answer with {names.Of(JobToolNames.Input)}, key \"{input.Key}\" and answer{Fields(question)}.");
            text.Append('\n');
        }
        return text.ToString().TrimEnd();
    }

    private static string StateOf(Job job) => job.State switch
    {
        JobState.Completed => "has completed",
        JobState.Failed => "has failed",
        JobState.Cancelled => job.CancelRequest?.By is { } by ? $"was cancelled by {by}" : "was cancelled",
        var state => $"is {state.ToWord()}",
    };

    private static string Fields(JsonElement question)
    {
        string[] fields = [.. QuestionAnswer.FieldsOf(question)];
        return fields.Length == 0 ? "" : $", an object with {string.Join(", ", fields)}";
    }
}
