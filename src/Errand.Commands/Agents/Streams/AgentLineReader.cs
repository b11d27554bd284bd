namespace Errand.Commands;

/// <summary>Cuts a stream of bytes into lines, within a bound.</summary>
/// <param name="parser">Reads the lines.</param>
internal sealed class AgentLineReader(AgentStreamParser parser)
{
    /// <summary>Longer lines are cut off here: a picture in a tool's result may have any size.</summary>
    public const int MaxLine = 4 * 1024 * 1024;

    private byte[] _open = [];
    private int _length;

    /// <summary>Takes bytes as they come.</summary>
    public void Take(ReadOnlySpan<byte> bytes, ICollection<AgentEvent> events)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            if (_length == 0) parser.Read(bytes[..Math.Min(end, MaxLine)], events);
            else
            {
                Keep(bytes[..end]);
                EndLine(events);
            }
        }
        Keep(bytes);
    }

    /// <summary>The stream has ended: what was last had no end of line.</summary>
    public void Complete(ICollection<AgentEvent> events)
    {
        if (_length > 0) EndLine(events);
        parser.Complete(events);
    }

    private void EndLine(ICollection<AgentEvent> events)
    {
        parser.Read(_open.AsSpan(0, _length), events);
        _length = 0;
        // One long line is no reason to hold on to its size for hours.
        if (_open.Length > MaxLine / 16) _open = [];
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxLine - _length)];
        if (bytes.IsEmpty) return;
        if (_length + bytes.Length > _open.Length) Array.Resize(ref _open, Math.Min(MaxLine, Math.Max(_length + bytes.Length, _open.Length * 2)));
        bytes.CopyTo(_open.AsSpan(_length));
        _length += bytes.Length;
    }
}
