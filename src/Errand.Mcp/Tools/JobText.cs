using System.Globalization;
using System.Text;

namespace Errand.Mcp;

/// <summary>Jobs in a few words, for those who read text.</summary>
internal static class JobText
{
    /// <summary>A line: its id, its state and why.</summary>
    public static string Line(Job job)
    {
        var text = new StringBuilder($"Job {job.Id} ({job.Spec.Title ?? job.Kind}) is {job.State.ToWord()}");
        if (job.CancelRequest is not null && !job.IsTerminal) text.Append(", and told to stop");
        if (job.Outcome?.ExitCode is { } code && job.State != JobState.Cancelled) text.Append(CultureInfo.InvariantCulture, $", exit code {code}");
        if (job.Progress is { } progress && !job.IsTerminal)
        {
            if (progress.Percent is { } percent) text.Append(CultureInfo.InvariantCulture, $", {percent:F0} %");
            if (progress.Message is { } message) text.Append(CultureInfo.InvariantCulture, $", {message}");
        }
        text.Append('.');
        if (job.Outcome?.Error is { } error) text.Append(CultureInfo.InvariantCulture, $" {error.Message}");
        return text.ToString();
    }

    /// <summary>A job, why it waits, and its last lines.</summary>
    public static string Status(JobStatus status)
    {
        var text = new StringBuilder(Line(status.Job));
        if (status.WaitingFor is { } wait) text.Append(CultureInfo.InvariantCulture, $" {wait.Detail}");
        if (status.Eta is { } eta) text.Append(CultureInfo.InvariantCulture, $" It should be done at {eta.At:u}.");
        if (status.LastLines.Count > 0) text.Append("\nIts last lines:\n").AppendJoin('\n', status.LastLines);
        return text.ToString();
    }
}
