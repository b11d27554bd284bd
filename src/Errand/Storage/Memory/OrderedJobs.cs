namespace Errand.Storage;

/// <summary>
/// Jobs in the order of their ids, in chunks: eight bytes a job, and new ids, which carry the time, are appended to the last chunk.
/// </summary>
internal sealed class OrderedJobs
{
    private const int ChunkSize = 512;
    private readonly List<Chunk> _chunks = [];
    // A line that fills and empties again must not make a new chunk each time.
    private Chunk? _spare;

    public bool IsEmpty => _chunks.Count == 0;

    public void Add(StoredJob job)
    {
        int index = ChunkOf(job.Job.Id);
        if (index == _chunks.Count)
        {
            if (index == 0 || _chunks[index - 1].Count == ChunkSize) _chunks.Add(NewChunk());
            else index--;
        }
        var chunk = _chunks[index];
        if (chunk.Count == ChunkSize)
        {
            var upper = NewChunk();
            chunk.SplitInto(upper);
            _chunks.Insert(index + 1, upper);
            if (chunk.Last < job.Job.Id) chunk = upper;
        }
        chunk.Insert(chunk.PlaceOf(job.Job.Id), job);
    }

    public void Remove(JobId id)
    {
        int index = ChunkOf(id);
        var chunk = _chunks[index];
        chunk.RemoveAt(chunk.PlaceOf(id));
        if (chunk.Count == 0) DropChunk(index);
        else if (index + 1 < _chunks.Count && chunk.Count + _chunks[index + 1].Count <= ChunkSize / 2)
        {
            _chunks[index + 1].MoveTo(chunk);
            DropChunk(index + 1);
        }
    }

    /// <summary>Copies the jobs that come after an id in one of the directions.</summary>
    /// <returns>How many there were, up to the room there is.</returns>
    public int CopyAfter(JobId? after, bool oldestFirst, Span<Job> room) => oldestFirst ? CopyUp(after, room) : CopyDown(after, room);

    private int CopyUp(JobId? after, Span<Job> room)
    {
        int copied = 0, place = 0;
        int index = after is { } id ? ChunkOf(id) : 0;
        if (after is { } start && index < _chunks.Count)
        {
            place = _chunks[index].PlaceOf(start);
            if (_chunks[index].Jobs[place].Job.Id == start) place++;
        }
        for (; index < _chunks.Count; index++, place = 0)
            for (; place < _chunks[index].Count; place++)
            {
                if (copied == room.Length) return copied;
                room[copied++] = _chunks[index].Jobs[place].Job;
            }
        return copied;
    }

    private int CopyDown(JobId? before, Span<Job> room)
    {
        int copied = 0;
        int index = before is { } id ? Math.Min(ChunkOf(id), _chunks.Count - 1) : _chunks.Count - 1;
        if (index < 0) return 0;
        int place = before is { } end ? _chunks[index].PlaceOf(end) - 1 : _chunks[index].Count - 1;
        while (true)
        {
            for (; place >= 0; place--)
            {
                if (copied == room.Length) return copied;
                room[copied++] = _chunks[index].Jobs[place].Job;
            }
            if (--index < 0) return copied;
            place = _chunks[index].Count - 1;
        }
    }

    /// <summary>The first chunk that ends at or after an id.</summary>
    private int ChunkOf(JobId id)
    {
        int low = 0, high = _chunks.Count;
        // Most ids are the newest.
        if (high > 0 && _chunks[high - 1].Last < id) return high;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_chunks[middle].Last < id) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private Chunk NewChunk()
    {
        var chunk = _spare ?? new();
        _spare = null;
        return chunk;
    }

    private void DropChunk(int index)
    {
        _spare = _chunks[index];
        _chunks.RemoveAt(index);
    }

    private sealed class Chunk
    {
        public StoredJob[] Jobs { get; } = new StoredJob[ChunkSize];

        public int Count { get; private set; }

        public JobId Last => Jobs[Count - 1].Job.Id;

        /// <summary>The first place whose id is this one or comes after it.</summary>
        public int PlaceOf(JobId id)
        {
            int low = 0, high = Count;
            if (high > 0 && Last < id) return high;
            while (low < high)
            {
                int middle = (low + high) >>> 1;
                if (Jobs[middle].Job.Id < id) low = middle + 1;
                else high = middle;
            }
            return low;
        }

        public void Insert(int place, StoredJob job)
        {
            Array.Copy(Jobs, place, Jobs, place + 1, Count++ - place);
            Jobs[place] = job;
        }

        public void RemoveAt(int place)
        {
            Array.Copy(Jobs, place + 1, Jobs, place, --Count - place);
            Jobs[Count] = null!;
        }

        public void MoveTo(Chunk chunk) => MoveTo(chunk, 0);

        public void SplitInto(Chunk upper) => MoveTo(upper, Count / 2);

        private void MoveTo(Chunk chunk, int from)
        {
            Array.Copy(Jobs, from, chunk.Jobs, chunk.Count, Count - from);
            chunk.Count += Count - from;
            Array.Clear(Jobs, from, Count - from);
            Count = from;
        }
    }
}
