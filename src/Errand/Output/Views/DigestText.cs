using System.Globalization;
using System.Text;

namespace Errand;

/// <summary>Lines in the order in which they are shown, and how many bytes their text will have at most.</summary>
internal sealed class DigestText
{
    private readonly LinkedList<OutputLine> _lines = [];

    public long Bytes { get; private set; }

    public IEnumerable<OutputLine> Lines => _lines;

    /// <summary>Where the first of them starts in the log.</summary>
    public long? Start => _lines.Count == 0 ? null : _lines.Min(line => line.Offset);

    /// <summary>Where what comes after the last of them starts.</summary>
    public long? End => _lines.Count == 0 ? null : _lines.Max(line => line.NextOffset);

    public void Add(OutputLine line)
    {
        _lines.AddLast(line);
        Bytes += BytesOf(line);
    }

    public void AddAll(IEnumerable<OutputLine> lines)
    {
        foreach (var line in lines) Add(line);
    }

    /// <summary>Adds a line that is not of the log.</summary>
    public void AddNote(string text, long offset) => Add(new(default, default, offset, text) { NextOffset = offset, IsEnded = true });

    /// <summary>Leaves lines out at the end until the rest fits.</summary>
    public void CutEnd(long budget)
    {
        while (Bytes > budget)
        {
            Bytes -= BytesOf(_lines.Last!.Value);
            _lines.RemoveLast();
        }
    }

    /// <summary>Leaves lines out at the start until the rest fits.</summary>
    public void CutStart(long budget)
    {
        while (Bytes > budget)
        {
            Bytes -= BytesOf(_lines.First!.Value);
            _lines.RemoveFirst();
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        OutputLine? last = null;
        foreach (var line in _lines)
        {
            bool goesOn = line.IsContinued && line.Stream == last?.Stream;
            if (last is { IsEnded: false } && !goesOn) text.Append('\n');
            text.Append(line.Text);
            if (line.IsEnded) text.Append('\n');
            last = line;
        }
        return text.ToString();
    }

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static int BytesOf(OutputLine line) => Encoding.UTF8.GetByteCount(line.Text) + 1;
}
