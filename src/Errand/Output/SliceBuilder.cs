namespace Errand;

/// <summary>Gathers the entries of one slice, and loads their bytes.</summary>
internal struct SliceBuilder(long offset, int maxBytes, OutputStream? stream)
{
    private readonly List<Piece> _pieces = [];
    private int _bytes;

    /// <summary>Where the slice starts: after lost bytes, too, if they come first.</summary>
    public long Start { get; private set; } = offset;

    public long Next { get; private set; } = offset;

    /// <summary>Takes an entry, or what the slice has room for of it.</summary>
    /// <returns>Whether the slice goes on.</returns>
    public bool Add(IndexEntry entry)
    {
        // An entry that ends before the slice was there for the search only; one without bytes is a mark.
        if (entry.End <= Next) return true;
        if (entry.IsLost) return Skip(entry.End);
        long into = Next - entry.Offset;
        if (stream is { } only && only != entry.Stream)
        {
            Next = entry.End;
            return true;
        }
        int length = (int)Math.Min(entry.Length - into, maxBytes - _bytes);
        if (length == 0) return false;
        Add(new Piece(entry.Stream, entry.StreamOffset + into, Next, entry.Milliseconds, length));
        _bytes += length;
        Next += length;
        return _bytes < maxBytes;
    }

    public readonly IReadOnlyList<OutputChunk> Load(AttemptFiles files)
    {
        if (_pieces.Count == 0) return [];
        byte[] bytes = new byte[_bytes];
        var chunks = new List<OutputChunk>(_pieces.Count);
        int at = 0;
        for (int first = 0; first < _pieces.Count;)
        {
            // Neighbours in a stream's file are read at once, however many pieces they were written in.
            int last = first, length = _pieces[first].Length;
            while (last + 1 < _pieces.Count && _pieces[last + 1].Follows(_pieces[last])) length += _pieces[++last].Length;
            int read = files.Stream(_pieces[first].Stream)?.Read(bytes.AsSpan(at, length), _pieces[first].StreamOffset) ?? 0;
            for (; first <= last; first++)
            {
                var piece = _pieces[first];
                // A file that is shorter than its index has lost bytes with the power; they are missing as if dropped.
                int there = Math.Clamp(read, 0, piece.Length);
                if (there > 0) chunks.Add(new(piece.At, piece.Stream, piece.Offset, bytes.AsMemory(at, there)));
                read -= there;
                at += piece.Length;
            }
        }
        return chunks;
    }

    // A gap is only ever before a slice, so that whoever reads sees it in one place.
    private bool Skip(long end)
    {
        if (Next > Start) return false;
        Start = Next = end;
        return true;
    }

    private readonly void Add(Piece piece)
    {
        if (_pieces.Count > 0 && _pieces[^1] is var last && piece.Follows(last) && piece.Milliseconds == last.Milliseconds)
            _pieces[^1] = last with { Length = last.Length + piece.Length };
        else
            _pieces.Add(piece);
    }

    private readonly record struct Piece(OutputStream Stream, long StreamOffset, long Offset, long Milliseconds, int Length)
    {
        public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

        public bool Follows(Piece before) =>
            Stream == before.Stream && StreamOffset == before.StreamOffset + before.Length && Offset == before.Offset + before.Length;
    }
}
