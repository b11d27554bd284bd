using System.Buffers.Binary;
using System.Numerics;

namespace Errand;

/// <summary>
/// What an attempt's log has lost: one range in its middle that the cap has dropped, and bytes that could not be written. The file
/// <c>trim</c> has two slots that are written in turn, so that a torn one leaves the one before it.
/// </summary>
/// <remarks>
/// A record is written before its holes are punched. A reader therefore reads the record, then the bytes, then the record again: bytes that
/// the second record has not dropped were there.
/// </remarks>
internal readonly record struct TrimRecord
{
    public const int Size = 72;
    public const int Slots = 2;

    /// <summary>Rises with each record.</summary>
    public long Sequence { get; init; }

    /// <summary>Where the hole starts in the merged log.</summary>
    public long From { get; init; }

    /// <summary>Where it ends.</summary>
    public long To { get; init; }

    /// <summary>The first index entry in the hole.</summary>
    public long FirstDropped { get; init; }

    /// <summary>The first one after it.</summary>
    public long FirstKept { get; init; }

    /// <summary>Where the hole starts in the first stream.</summary>
    public long OutFrom { get; init; }

    /// <summary>Where it ends there.</summary>
    public long OutTo { get; init; }

    /// <summary>How many bytes outside the hole could not be written.</summary>
    public long Lost { get; init; }

    public long ErrFrom => From - OutFrom;

    public long ErrTo => To - OutTo;

    public bool HasHole => To > From;

    public long Dropped => To - From + Lost;

    public void Write(OutputFile file)
    {
        Span<byte> bytes = stackalloc byte[Size];
        ReadOnlySpan<long> fields = [Sequence, From, To, FirstDropped, FirstKept, OutFrom, OutTo, Lost];
        for (int i = 0; i < fields.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * 8)..], fields[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[64..], Checksum(bytes));
        file.Write(bytes, Sequence % Slots * Size);
    }

    public static TrimRecord Read(OutputFile? file)
    {
        if (file is null) return default;
        Span<byte> bytes = stackalloc byte[Size * Slots];
        bytes = bytes[..file.Read(bytes, 0)];
        TrimRecord last = default;
        for (; bytes.Length >= Size; bytes = bytes[Size..])
            if (TryRead(bytes, out var record) && record.Sequence > last.Sequence) last = record;
        return last;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out TrimRecord record)
    {
        record = default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[64..]) != Checksum(bytes)) return false;
        record = new()
        {
            Sequence = Field(bytes, 0), From = Field(bytes, 1), To = Field(bytes, 2), FirstDropped = Field(bytes, 3),
            FirstKept = Field(bytes, 4), OutFrom = Field(bytes, 5), OutTo = Field(bytes, 6), Lost = Field(bytes, 7),
        };
        return record.Sequence > 0;
    }

    private static long Field(ReadOnlySpan<byte> bytes, int field) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(field * 8)..]);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < 64; i += 8) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        return crc;
    }
}
