using System.Buffers;
using System.Security.Cryptography;

namespace Errand;

/// <summary>Where an attempt's log ends.</summary>
/// <param name="Entries">How many index entries it has.</param>
/// <param name="Position">The end in the merged log.</param>
/// <param name="Completed">Whether its writer has ended it.</param>
internal readonly record struct AttemptEnd(long Entries, long Position, bool Completed);

/// <summary>Reads one attempt's log while its writer goes on, in this process or another.</summary>
internal static class AttemptReader
{
    private const int EntriesAtOnce = 256;
    private const int EntriesPerSlice = 4096;

    /// <summary>Where the log ends now: after its last whole entry.</summary>
    public static AttemptEnd FindEnd(AttemptFiles files, TrimRecord trim)
    {
        long entries = files.Index.Length / IndexEntry.Size;
        while (entries > trim.FirstKept)
        {
            if (files.TryReadEntry(entries - 1, out var last)) return new(entries, last.End, last.Kind == IndexEntryKind.End);
            entries--;
        }
        return new(trim.FirstKept, trim.To, false);
    }

    public static OutputSlice Read(AttemptFiles files, JobId job, int attempt, OutputRange range, CancellationToken cancellationToken)
    {
        for (int failures = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var trim = files.Trim();
            var slice = TryRead(files, trim, job, attempt, range);
            // What a later record has dropped may have been gone before it was read.
            var later = files.Trim();
            bool isWhole = later.Sequence == trim.Sequence || slice?.Offset >= later.To || slice?.NextOffset <= later.From;
            if (slice is not null && isWhole) return slice;
            // Once it may have been a writer that cut off a torn end.
            if (slice is null && later.Sequence == trim.Sequence && ++failures > 1)
                throw new InvalidDataException($"The index of attempt {attempt} is damaged. The files with its bytes are whole: read them by hand.");
        }
    }

    /// <summary>The checksum of everything in a log from which nothing was dropped.</summary>
    public static string Checksum(OutputDisk disk, JobId job, int attempt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var files = AttemptFiles.Find(disk, job, attempt);
        var slice = new OutputSlice(job, attempt, 0, 0, 1);
        while (files is not null && !slice.AtEnd)
        {
            slice = Read(files, job, attempt, new() { Offset = slice.NextOffset, MaxBytes = 1 << 20 }, CancellationToken.None);
            foreach (var chunk in slice.Chunks) hash.AppendData(chunk.Bytes.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static OutputSlice? TryRead(AttemptFiles files, TrimRecord trim, JobId job, int attempt, OutputRange range)
    {
        var end = FindEnd(files, trim);
        long asked = range.Offset < 0 ? Math.Max(0, end.Position + range.Offset) : Math.Min(range.Offset, end.Position);
        long offset = asked >= trim.From && asked < trim.To ? trim.To : asked;
        bool isHead = offset < trim.From;
        var run = new SliceBuilder(offset, Math.Clamp(range.MaxBytes, 1, OutputRange.LargestMaxBytes), range.Stream);
        if (offset < end.Position)
        {
            var (low, high) = isHead && trim.HasHole ? (0L, trim.FirstDropped) : (trim.FirstKept, end.Entries);
            if (Search(files, low, high, offset) is not { } first) return null;
            if (!Collect(files, first, high, ref run)) return null;
        }
        return new OutputSlice(job, attempt, run.Start, run.Next, end.Position)
        {
            Chunks = run.Load(files),
            Skipped = run.Start - asked,
            Dropped = trim.Dropped,
            Completed = end.Completed,
        };
    }

    /// <summary>The last entry that starts at or before an offset; nothing when a part of the index was dropped meanwhile.</summary>
    private static long? Search(AttemptFiles files, long low, long high, long offset)
    {
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (!files.TryReadEntry(middle, out var entry)) return null;
            if (entry.Offset <= offset) low = middle;
            else high = middle;
        }
        return low;
    }

    private static bool Collect(AttemptFiles files, long first, long high, ref SliceBuilder run)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EntriesAtOnce * IndexEntry.Size);
        try
        {
            high = Math.Min(high, first + EntriesPerSlice);
            while (first < high)
            {
                int wanted = (int)Math.Min(EntriesAtOnce, high - first) * IndexEntry.Size;
                if (files.Index.Read(buffer.AsSpan(0, wanted), first * IndexEntry.Size) < wanted) return false;
                for (int at = 0; at < wanted; at += IndexEntry.Size)
                {
                    if (!IndexEntry.TryRead(buffer.AsSpan(at), out var entry)) return false;
                    if (!run.Add(entry)) return true;
                }
                first += wanted / IndexEntry.Size;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
