using System.Runtime.InteropServices;

namespace Errand.Sqlite;

/// <summary>Memory in which the texts of a statement stand while it runs, so that SQLite need not copy them once more.</summary>
internal sealed unsafe class ParameterArena : IDisposable
{
    private const int BlockSize = 4096;
    private readonly byte* _block = (byte*)NativeMemory.Alloc(BlockSize);
    private readonly List<nint> _large = [];
    private int _used;

    public Span<byte> Take(int size, out byte* start)
    {
        if (size <= BlockSize - _used)
        {
            start = _block + _used;
            _used += size;
        }
        else
        {
            start = (byte*)NativeMemory.Alloc((nuint)size);
            _large.Add((nint)start);
        }
        return new(start, size);
    }

    public void Clear()
    {
        _used = 0;
        if (_large.Count == 0) return;
        foreach (nint block in _large) NativeMemory.Free((void*)block);
        _large.Clear();
    }

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_block);
    }
}
