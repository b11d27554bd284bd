namespace Errand;

/// <summary>The cap: the start of the log and its end stay, and what is between them is dropped, a large piece at a time.</summary>
internal sealed partial class AttemptLog
{
    private const long LargestStep = 16L << 20;
    private const int EntriesAtOnce = 64;

    private readonly long _headMax;
    private readonly long _tailMax;
    private long _headCost;
    private long _tailCost;
    private bool _isHeadFull;
    private bool? _canPunch;

    // Where the head ends: everything that is ever dropped comes right after it.
    private TrimRecord _head;

    // How much is dropped at once beyond what must be: each hole costs a few calls.
    private long Step => Math.Min(LargestStep, _tailMax / 8);

    /// <summary>
    /// How much of so many bytes goes into the next piece, so that a piece ends where the head does and none is a large part of the tail.
    /// </summary>
    private int FitPiece(int length)
    {
        if (!_isHeadFull && _headCost + IndexEntry.CostOf(1) > _headMax) CloseHead();
        long room = _isHeadFull ? _tailMax / 8 : _headMax - _headCost;
        return (int)Math.Min(length, Math.Min(room, LargestPiece));
    }

    private void CountCost(IndexEntry entry)
    {
        if (!_isHeadFull && _headCost + entry.Cost > _headMax) CloseHead();
        if (_isHeadFull) _tailCost += entry.Cost;
        else _headCost += entry.Cost;
    }

    private void CloseHead()
    {
        _isHeadFull = true;
        _head = new() { From = End, To = End, FirstDropped = _entries, FirstKept = _entries, OutFrom = _lengths[0], OutTo = _lengths[0] };
    }

    /// <summary>Drops the oldest part of the tail if the cap asks for it.</summary>
    /// <returns>Whether there is room; not where holes cannot be made.</returns>
    private bool MakeRoom(long cost)
    {
        if (!_isHeadFull || _tailCost + cost <= _tailMax) return true;
        if (!(_canPunch ??= _index.CanPunch)) return false;
        long tailCost = _tailCost;
        var record = Drop(_trim.HasHole ? _trim : _head with { Lost = _trim.Lost }, ref tailCost, Math.Max(0, _tailMax - Step - cost));
        WriteTrim(record);
        _tailCost = tailCost;
        Punch();
        return true;
    }

    /// <summary>Moves the end of the hole over entries until the tail is as small as it should be.</summary>
    private TrimRecord Drop(TrimRecord record, ref long tailCost, long wanted)
    {
        Span<byte> bytes = stackalloc byte[EntriesAtOnce * IndexEntry.Size];
        while (tailCost > wanted && record.FirstKept < _entries)
        {
            int read = _index.Read(bytes, record.FirstKept * IndexEntry.Size);
            for (int at = 0; at < read && tailCost > wanted; at += IndexEntry.Size)
            {
                if (!IndexEntry.TryRead(bytes[at..read], out var entry)) throw Damaged(record.FirstKept);
                tailCost -= entry.Cost;
                bool isOut = entry.Stream == OutputStream.Out;
                record = record with
                {
                    To = entry.End,
                    FirstKept = record.FirstKept + 1,
                    OutTo = record.OutTo + (isOut ? entry.Length : 0),
                    Lost = record.Lost - (entry.IsLost ? entry.Length : 0),
                };
            }
        }
        return record;
    }

    // The whole hole each time: blocks that two drops shared are given back with the second.
    private void Punch()
    {
        if (_trim.OutTo > _trim.OutFrom) FileOf(OutputStream.Out).Punch(_trim.OutFrom, _trim.OutTo - _trim.OutFrom);
        if (_trim.ErrTo > _trim.ErrFrom) FileOf(OutputStream.Err).Punch(_trim.ErrFrom, _trim.ErrTo - _trim.ErrFrom);
        _index.Punch(_trim.FirstDropped * IndexEntry.Size, (_trim.FirstKept - _trim.FirstDropped) * IndexEntry.Size);
    }

    private IOException Damaged(long entry) => new($"The index of the output of job {_job}, attempt {_attempt}, is damaged at entry {entry}.");
}
