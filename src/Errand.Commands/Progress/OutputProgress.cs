namespace Errand.Commands;

/// <summary>
/// Reads how far a command has come out of what it writes. Where the pieces of a stream are cut does not matter. The last thing told counts: a
/// phase that begins anew is shown as it is.
/// </summary>
/// <remarks>Not safe for threads: one reader of the output feeds it.</remarks>
internal sealed class OutputProgress(ProgressReader reader)
{
    private readonly ProgressStream _out = new(reader);
    private readonly ProgressStream _err = new(reader);
    private int _pieces;

    /// <summary>How far it has come and what it said last; absent as long as it has said nothing.</summary>
    public JobProgress? Latest { get; private set; }

    /// <summary>Takes the next bytes of a stream.</summary>
    /// <param name="stream">Which one.</param>
    /// <param name="bytes">The bytes, cut anywhere.</param>
    /// <returns>Whether <see cref="Latest"/> is another one now.</returns>
    public bool Feed(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return false;
        (stream == OutputStream.Err ? _err : _out).Feed(bytes, ++_pieces);
        var latest = Compose();
        if (latest == Latest) return false;
        Latest = latest;
        return true;
    }

    private JobProgress? Compose()
    {
        var osc = ProgressStream.News<OscProgress>.Later(_out.Osc, _err.Osc).Value;
        var number = ProgressStream.News<ProgressNumber>.Later(_out.Number, _err.Number);
        string? message = ProgressStream.News<string>.Later(_out.Message, _err.Message).Value;
        if (osc is { IsShown: true }) return osc.Percent is { } percent ? new(percent, 100, message) : new(0, null, message);
        if (number.At > 0) return new(number.Value.Current, number.Value.Total, message);
        return message is null ? null : new(0, null, message);
    }
}
