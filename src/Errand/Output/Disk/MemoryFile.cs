namespace Errand;

/// <summary>A file in memory: small as long as its content is, and without the blocks that were punched out of it.</summary>
internal sealed class MemoryFile : OutputFile
{
    private const int BlockSize = 16 * 1024;
    private const int SmallestBlock = 128;
    private readonly Lock _lock = new();

    // The first block grows to its size, so that many short logs take little; the others come whole, and only once there are any.
    private byte[] _first = [];
    private Dictionary<long, byte[]>? _others;
    private long _length;

    public override long Length
    {
        get { lock (_lock) return _length; }
    }

    public override bool CanPunch => true;

    public override int Read(Span<byte> buffer, long offset)
    {
        lock (_lock)
        {
            int count = (int)Math.Clamp(_length - offset, 0, buffer.Length);
            for (int done = 0; done < count;)
            {
                var (block, start) = Locate(offset + done);
                var piece = buffer[done..Math.Min(count, done + BlockSize - start)];
                byte[]? bytes = block == 0 ? _first : _others?.GetValueOrDefault(block);
                var there = bytes.AsSpan(Math.Min(start, bytes?.Length ?? 0));
                there = there[..Math.Min(there.Length, piece.Length)];
                there.CopyTo(piece);
                piece[there.Length..].Clear();
                done += piece.Length;
            }
            return count;
        }
    }

    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_lock)
        {
            for (int done = 0; done < bytes.Length;)
            {
                var (block, start) = Locate(offset + done);
                var piece = bytes[done..Math.Min(bytes.Length, done + BlockSize - start)];
                piece.CopyTo(BlockFor_NeedsLock(block, start + piece.Length).AsSpan(start));
                done += piece.Length;
            }
            _length = Math.Max(_length, offset + bytes.Length);
        }
    }

    public override void SetLength(long length)
    {
        lock (_lock)
        {
            Clear_NeedsLock(length, Math.Max(_length, length));
            _length = length;
        }
    }

    public override void Punch(long offset, long length)
    {
        lock (_lock) Clear_NeedsLock(offset, offset + length);
    }

    public override void Flush() { }

    // The file outlives whoever has it open.
    public override void Dispose() { }

    private static (long Block, int Start) Locate(long offset) => (offset / BlockSize, (int)(offset % BlockSize));

    private byte[] BlockFor_NeedsLock(long block, int size)
    {
        if (block > 0)
        {
            _others ??= [];
            return _others.TryGetValue(block, out byte[]? there) ? there : _others[block] = new byte[BlockSize];
        }
        if (_first.Length < size) Array.Resize(ref _first, Math.Clamp(Math.Max(size, _first.Length * 2), SmallestBlock, BlockSize));
        return _first;
    }

    private void Clear_NeedsLock(long from, long to)
    {
        if (from < _first.Length) _first.AsSpan((int)from, (int)Math.Min(_first.Length, to) - (int)from).Clear();
        if (_others is null) return;
        foreach (var (block, bytes) in _others)
        {
            long start = Math.Max(from - (block * BlockSize), 0);
            long end = Math.Min(to - (block * BlockSize), BlockSize);
            if (start == 0 && end == BlockSize) _others.Remove(block);
            else if (start < end) bytes.AsSpan((int)start, (int)(end - start)).Clear();
        }
    }
}
