namespace Errand.Storage;

/// <summary>
/// Jobs in the order of a key and then of arrival: a heap that knows where each of its jobs is, so that one can leave from the middle.
/// A job stands in one line at most.
/// </summary>
internal sealed class JobLine
{
    // Four children a node: half the depth of a binary heap, and siblings share a cache line.
    private const int Arity = 4;
    private StoredJob[] _jobs = [];

    public int Count { get; private set; }

    public StoredJob? First => Count > 0 ? _jobs[0] : null;

    public void Add(StoredJob job, long key)
    {
        if (Count == _jobs.Length) Array.Resize(ref _jobs, Math.Max(Arity, Count * 2));
        job.Line = this;
        job.LineKey = key;
        MoveUp(job, Count++);
    }

    public void Remove(StoredJob job)
    {
        int place = job.PlaceInLine;
        var last = _jobs[--Count];
        _jobs[Count] = null!;
        job.Line = null;
        if (last != job)
        {
            if (place > 0 && IsBefore(last, _jobs[(place - 1) / Arity])) MoveUp(last, place);
            else MoveDown(last, place);
        }
        if (_jobs.Length > 64 && Count < _jobs.Length / 4) Array.Resize(ref _jobs, _jobs.Length / 2);
    }

    /// <summary>How many stand before a place, counted up to a limit; looks at no more than it counts and their children.</summary>
    public int CountBefore(StoredJob job, int limit) => CountBefore(job, 0, limit);

    public static bool IsBefore(StoredJob left, StoredJob right) =>
        left.LineKey != right.LineKey ? left.LineKey < right.LineKey : left.Arrival < right.Arrival;

    private int CountBefore(StoredJob job, int place, int limit)
    {
        if (limit <= 0 || place >= Count || !IsBefore(_jobs[place], job)) return 0;
        int count = 1;
        for (int child = (place * Arity) + 1; child <= (place * Arity) + Arity && count < limit; child++)
            count += CountBefore(job, child, limit - count);
        return count;
    }

    private void MoveUp(StoredJob job, int place)
    {
        while (place > 0)
        {
            int parent = (place - 1) / Arity;
            if (!IsBefore(job, _jobs[parent])) break;
            Put(_jobs[parent], place);
            place = parent;
        }
        Put(job, place);
    }

    private void MoveDown(StoredJob job, int place)
    {
        while (true)
        {
            int child = (place * Arity) + 1;
            if (child >= Count) break;
            int first = child, end = Math.Min(child + Arity, Count);
            while (++child < end)
                if (IsBefore(_jobs[child], _jobs[first])) first = child;
            if (!IsBefore(_jobs[first], job)) break;
            Put(_jobs[first], place);
            place = first;
        }
        Put(job, place);
    }

    private void Put(StoredJob job, int place)
    {
        _jobs[place] = job;
        job.PlaceInLine = place;
    }
}
