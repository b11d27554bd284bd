namespace Errand.Sqlite;

/// <summary>What waits to be written: many put in, one takes out. The requests are the links of the list, so queueing allocates nothing.</summary>
internal sealed class WriteQueue
{
    private WriteRequest? _newest;
    private WriteRequest? _taken;

    /// <summary>Puts a request behind all others.</summary>
    /// <returns>Whether nothing that came before it was still untaken, so that the taker must be woken.</returns>
    public bool Add(WriteRequest request)
    {
        var newest = Volatile.Read(ref _newest);
        while (true)
        {
            request.Next = newest;
            var found = Interlocked.CompareExchange(ref _newest, request, newest);
            if (found == newest) return newest is null;
            newest = found;
        }
    }

    /// <summary>Takes the oldest requests, up to a weight.</summary>
    public void Take(List<WriteRequest> group, int weight)
    {
        while (weight > 0 && (_taken ??= TakeAll()) is { } request)
        {
            _taken = request.Next;
            request.Next = null;
            group.Add(request);
            weight -= request.Weight;
        }
    }

    // Taken as a whole, the list stands newest first.
    private WriteRequest? TakeAll()
    {
        var request = Interlocked.Exchange(ref _newest, null);
        WriteRequest? oldest = null;
        while (request is not null)
        {
            var next = request.Next;
            request.Next = oldest;
            oldest = request;
            request = next;
        }
        return oldest;
    }
}
