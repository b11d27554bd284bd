using System.Globalization;
using System.Text.Json;
using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>One job, a line for each thing that is known of it.</summary>
internal static class JobSheet
{
    public static void Write(TextWriter to, WireJob job)
    {
        foreach (var (name, value) in Lines(job))
            if (!string.IsNullOrEmpty(value)) to.WriteLine($"{name,-10} {value}");
    }

    private static IEnumerable<(string Name, string? Value)> Lines(WireJob job) =>
    [
        ("id", job.Id),
        ("state", job.State),
        ("kind", job.Kind),
        ("title", job.Title),
        ("owner", job.Owner),
        ("agent", job.Agent),
        ("session", job.Session),
        ("tags", string.Join(", ", job.Tags)),
        ("priority", job.Priority == 0 ? null : job.Priority.ToString(CultureInfo.InvariantCulture)),
        ("attempt", job.Attempt.ToString(CultureInfo.InvariantCulture)),
        ("created", Time(job.CreatedAt)),
        ("scheduled", job.ScheduledAt > job.CreatedAt ? Time(job.ScheduledAt) : null),
        ("started", Time(job.StartedAt)),
        ("promoted", Time(job.PromotedAt)),
        ("finished", Time(job.FinishedAt)),
        ("progress", ProgressOf(job.Progress)),
        ("eta", Time(job.Eta?.At)),
        ("waits", job.WaitingFor?.Detail),
        ("cancel", job.CancelRequestedAt is { } at ? $"asked for by {job.CancelRequestedBy} at {Time(at)}" : null),
        ("retry of", job.RetryOf),
        ("exit code", job.ExitCode?.ToString(CultureInfo.InvariantCulture)),
        ("signal", job.Signal),
        ("output", job.Output is { } output ? string.Create(CultureInfo.InvariantCulture, $"{output.Bytes:N0} bytes") : null),
        ("error", job.Error is { } error ? $"{error.Code}: {error.Message}" : null),
        // What a command has written is shown by logs, as it was written.
        ("result", job is { Kind: not "command", Result: { ValueKind: not JsonValueKind.Undefined } result } ? result.GetRawText() : null),
    ];

    private static string? ProgressOf(WireProgress? progress) => progress is null ? null
        : string.Join(' ', new[]
        {
            progress.Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:F0} %") : null,
            progress.Message,
        }.Where(part => part is not null));

    private static string? Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
