using System.Runtime.CompilerServices;

namespace Errand;

/// <summary>The lines that a piece of a log has completed.</summary>
/// <param name="Slice">The piece.</param>
/// <param name="Lines">The lines; with the last piece also those that have no end yet.</param>
internal readonly record struct LinePage(OutputSlice Slice, IReadOnlyList<OutputLine> Lines);

/// <summary>Makes lines of both streams of a log, each of its own bytes only, in the order in which they end.</summary>
internal sealed class OutputLineReader(OutputView view)
{
    private const int ReadAtOnce = 256 * 1024;

    private readonly LineAssembler _out = new(OutputStream.Out, view);
    private readonly LineAssembler _err = new(OutputStream.Err, view);

    /// <summary>Reads a log from a view's offset to where it ended when the first piece was read.</summary>
    public static async IAsyncEnumerable<LinePage> PagesAsync(
        IOutputLog log,
        JobId job,
        OutputView view,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new OutputLineReader(view);
        var range = new OutputRange { Attempt = view.Attempt, Offset = view.Offset, Stream = view.Stream, MaxBytes = ReadAtOnce };
        long? end = null;
        do
        {
            var slice = await log.ReadAsync(job, range, cancellationToken);
            if (slice.Attempt == 0) yield break;
            var lines = new List<OutputLine>();
            bool isBroken = slice.Skipped > 0 || (end is null && !await IsLineStartAsync(log, slice, cancellationToken));
            if (isBroken) reader.Break(lines);
            foreach (var chunk in slice.Chunks) reader.Take(chunk, lines);
            end ??= slice.End;
            range = range with { Attempt = slice.Attempt, Offset = slice.NextOffset };
            if (range.Offset >= end) reader.Flush(lines);
            yield return new(slice, lines);
        }
        while (range.Offset < end);
    }

    private static async ValueTask<bool> IsLineStartAsync(IOutputLog log, OutputSlice slice, CancellationToken cancellationToken)
    {
        if (slice.Offset == 0) return true;
        var before = await log.ReadAsync(slice.Job, new() { Attempt = slice.Attempt, Offset = slice.Offset - 1, MaxBytes = 1 }, cancellationToken);
        return before.Chunks is [var chunk] && chunk.Offset == slice.Offset - 1 && chunk.Bytes.Span[0] == (byte)'\n';
    }

    // Bytes are missing before the next ones: open lines end here, and the next may begin in the middle of a line.
    private void Break(List<OutputLine> lines)
    {
        Flush(lines);
        _out.Break();
        _err.Break();
    }

    private void Take(OutputChunk chunk, List<OutputLine> lines) => (chunk.Stream == OutputStream.Out ? _out : _err).Take(chunk, lines);

    private void Flush(List<OutputLine> lines)
    {
        _out.Flush(lines);
        _err.Flush(lines);
    }
}
