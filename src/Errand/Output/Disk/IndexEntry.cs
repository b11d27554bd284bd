using System.Buffers.Binary;
using System.Numerics;

namespace Errand;

/// <summary>What an index entry stands for. Zero is none of them: a punched or never written part of an index is not valid.</summary>
internal enum IndexEntryKind : byte
{
    /// <summary>Bytes of the first stream.</summary>
    Out = 1,

    /// <summary>Bytes of the second stream.</summary>
    Err = 2,

    /// <summary>Bytes of the first stream that could not be written.</summary>
    LostOut = 3,

    /// <summary>Bytes of the second stream that could not be written.</summary>
    LostErr = 4,

    /// <summary>The writer has ended the log; it has no bytes. A resumed attempt goes on after it.</summary>
    End = 5,
}

/// <summary>
/// One line of an attempt's index: where some bytes are in the merged log and in their stream's file. Only bytes with an entry are part of
/// the log; an entry is 32 bytes, little-endian, and never changes once it is written.
/// </summary>
/// <param name="Offset">Where the bytes start in the merged log.</param>
/// <param name="StreamOffset">Where they start in their stream; for an end, how long the first stream is.</param>
/// <param name="Milliseconds">When they were seen, since 1970.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Kind">What they are.</param>
internal readonly record struct IndexEntry(long Offset, long StreamOffset, long Milliseconds, uint Length, IndexEntryKind Kind)
{
    public const int Size = 32;

    // An entry costs disk space, too: without a least cost, a job that writes byte by byte would fill the disk with its index.
    private const int LeastCost = 64;
    private const long MillisecondsMask = (1L << 48) - 1;

    public long End => Offset + Length;

    public bool IsLost => Kind is IndexEntryKind.LostOut or IndexEntryKind.LostErr;

    public OutputStream Stream => Kind is IndexEntryKind.Err or IndexEntryKind.LostErr ? OutputStream.Err : OutputStream.Out;

    /// <summary>How much of the cap the bytes take.</summary>
    public long Cost => IsLost ? LeastCost : CostOf(Length);

    public static long CostOf(long length) => Math.Max(length, LeastCost);

    public static IndexEntryKind KindOf(OutputStream stream, bool lost) => stream == OutputStream.Out
        ? lost ? IndexEntryKind.LostOut : IndexEntryKind.Out
        : lost ? IndexEntryKind.LostErr : IndexEntryKind.Err;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, Offset);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], StreamOffset);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], (Math.Max(Milliseconds, 0) & MillisecondsMask) | ((long)Kind << 48));
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], Checksum(to));
    }

    /// <summary>Reads an entry, unless it is torn or was never written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out IndexEntry entry)
    {
        entry = default;
        if (from.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(from[28..]) != Checksum(from)) return false;
        long stamp = BinaryPrimitives.ReadInt64LittleEndian(from[16..]);
        var kind = (IndexEntryKind)(stamp >> 48);
        if (kind is < IndexEntryKind.Out or > IndexEntryKind.End) return false;
        entry = new(
            BinaryPrimitives.ReadInt64LittleEndian(from),
            BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            stamp & MillisecondsMask,
            BinaryPrimitives.ReadUInt32LittleEndian(from[24..]),
            kind);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < 24; i += 8) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        return BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]));
    }
}
