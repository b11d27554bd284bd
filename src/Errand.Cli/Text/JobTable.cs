using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Jobs as a table.</summary>
internal static class JobTable
{
    private const int Gap = 2;

    public static void Write(TextWriter to, IReadOnlyList<WireJob> jobs, DateTimeOffset now)
    {
        string[][] rows = [["ID", "STATE", "KIND", "AGE", "RAN", "TITLE"], .. jobs.Select(job => Row(job, now))];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            to.WriteLine(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + Gap))).TrimEnd());
    }

    private static string[] Row(WireJob job, DateTimeOffset now) =>
    [
        ShortId.Of(job.Id),
        job.CancelRequestedAt is not null && job.FinishedAt is null ? "cancelling" : job.State,
        job.Kind,
        DurationText.Show(now - job.CreatedAt),
        job.StartedAt is { } started ? DurationText.Show((job.FinishedAt ?? now) - started) : "-",
        // A title may be any text: a line stays a line, and nothing in it commands the terminal.
        string.Concat((job.Title ?? "").Select(c => char.IsControl(c) ? ' ' : c)),
    ];
}
