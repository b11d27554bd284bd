using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Errand.Mcp;

/// <summary>
/// What a job has written since its caller last heard of it, in as few words as will do: a line while it runs, and at its end what one looks
/// for in a log, which is the first error and the last lines.
/// </summary>
internal sealed partial class OutputNews(IOutputLog output)
{
    private const int LinesMeanwhile = 1;
    private const int LongestLineMeanwhile = 100;
    private const int LinesAtEnd = 20;
    private const int LongestLineAtEnd = 240;
    private const int ShortLog = 1600;
    private const int LinesOfHead = 3;
    private const int BudgetOfChange = 2048;
    private const long SearchedForError = 16 << 20;
    private const int SuspectedErrors = 50;
    // As compilers, builds and tests say it.
    private const string ErrorPattern = @"(?i)\b(errors?|fatal|exception|panic|traceback|failed|failures?)\b";

    /// <summary>The news of a live job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="since">What is known already.</param>
    /// <param name="isWanted">Whether output is what was waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<(string Text, OutputCursor Next)> MeanwhileAsync(
        Job job, OutputCursor? since, bool isWanted, CancellationToken cancellationToken)
    {
        if (job.Attempt == 0) return ("", new(1, 0));
        if (isWanted)
        {
            var digest = await output.DeltaAsync(job.Id, since, BudgetOfChange, new() { StripEscapes = true }, cancellationToken);
            return (digest.Text, digest.Attempt == 0 ? since ?? new(1, 0) : digest.Cursor);
        }
        var view = new OutputView { StripEscapes = true, MaxLineBytes = LongestLineMeanwhile };
        var tail = await output.TailAsync(job.Id, LinesMeanwhile, view, cancellationToken);
        if (tail.Attempt == 0) return ("", since ?? new(1, 0));
        var lines = tail.Lines.Where(line => since is not { } known || tail.Attempt > known.Attempt || line.Offset >= known.Offset);
        return (string.Join('\n', lines.Select(line => line.Text)), new(tail.Attempt, tail.NextOffset));
    }

    /// <summary>The news of a job that has ended.</summary>
    public async ValueTask<(string Text, OutputCursor Next)> AtEndAsync(Job job, OutputCursor? since, CancellationToken cancellationToken)
    {
        if (job.Attempt == 0) return ("", new(1, 0));
        if (since?.Attempt < job.Attempt) since = new(job.Attempt, 0);
        var whole = await output.DeltaAsync(job.Id, since, ShortLog, new() { StripEscapes = true }, cancellationToken);
        if (whole.Attempt == 0) return ("", since ?? new(1, 0));
        if (whole.LeftOutBytes == 0 && since is not { Offset: > 0 }) return (whole.Text, whole.Cursor);
        var view = new OutputView { Attempt = whole.Attempt, StripEscapes = true, MaxLineBytes = LongestLineAtEnd };
        var tail = await output.TailAsync(job.Id, LinesAtEnd, view, cancellationToken);
        var text = new StringBuilder();
        if (since is null) text.AppendJoin('\n', whole.Text.Split('\n').Take(LinesOfHead)).Append('\n');
        long start = tail.Lines.Count > 0 ? tail.Lines[0].Offset : tail.NextOffset;
        if (job.State == JobState.Failed && await FirstErrorAsync(job.Id, tail.Attempt, cancellationToken) is { } error && error.Line.Offset < start)
            text.Append(CultureInfo.InvariantCulture, $"… the first error, line {error.Number} …\n{error.Line.Text}\n");
        if (start > 0) text.Append(CultureInfo.InvariantCulture, $"… the last {tail.Lines.Count} lines …\n");
        text.AppendJoin('\n', tail.Lines.Select(line => line.Text));
        return (text.ToString(), new(tail.Attempt, tail.NextOffset));
    }

    private async ValueTask<OutputMatch?> FirstErrorAsync(JobId id, int attempt, CancellationToken cancellationToken)
    {
        var search = new OutputSearch
        {
            Pattern = ErrorPattern, MaxMatches = SuspectedErrors, MaxBytes = SearchedForError, MaxTextLength = LongestLineAtEnd,
            View = new() { Attempt = attempt, StripEscapes = true },
        };
        var found = await output.SearchAsync(id, search, cancellationToken);
        foreach (var match in found.Matches)
            if (!NoError().IsMatch(match.Line.Text)) return match;
        return null;
    }

    [GeneratedRegex(
        @"\b(0|no|without)\s+(errors?|failures?|failed|exceptions?)\b|\b(errors?|failures?|failed)(\(s\))?\s*[:=]\s*0\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoError();
}
