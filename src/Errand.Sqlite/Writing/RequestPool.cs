using System.Collections.Concurrent;

namespace Errand.Sqlite;

/// <summary>Requests that were used and can be used again.</summary>
internal sealed class RequestPool<T> where T : WriteRequest, new()
{
    private const int MostKept = 1024;
    private readonly ConcurrentQueue<T> _free = new();

    public T Take() => _free.TryDequeue(out var request) ? request : new();

    public void Return(T request)
    {
        if (_free.Count < MostKept) _free.Enqueue(request);
    }
}
