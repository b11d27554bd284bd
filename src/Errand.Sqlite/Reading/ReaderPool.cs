using System.Collections.Concurrent;

namespace Errand.Sqlite;

/// <summary>
/// Connections for reading beside the writer. A read runs on its caller's thread: it takes microseconds, and in the write-ahead log nobody
/// waits for anybody.
/// </summary>
internal sealed class ReaderPool(SqliteStoreOptions options) : IDisposable
{
    private static readonly int MostKept = Math.Max(4, Environment.ProcessorCount * 2);
    private readonly ConcurrentQueue<StoreReader> _idle = new();
    private volatile bool _disposed;

    public T Read<TState, T>(TState state, Func<StoreReader, TState, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteJobStore));
        StoreReader? reader = null;
        bool whole = false;
        try
        {
            if (!_idle.TryDequeue(out reader)) reader = new(options.Path, options.BusyTimeout, options.RewriteSql);
            var result = read(reader, state);
            whole = true;
            return result;
        }
        catch (SqliteFailure e)
        {
            throw StoreErrors.Explain(e, options.Path, options.BusyTimeout);
        }
        finally
        {
            if (whole) Return(reader!);
            else reader?.Dispose();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryDequeue(out var reader)) reader.Dispose();
    }

    private void Return(StoreReader reader)
    {
        if (_disposed || _idle.Count >= MostKept) reader.Dispose();
        else _idle.Enqueue(reader);
        // Whoever disposed of the pool meanwhile has not seen this one.
        if (_disposed) Dispose();
    }
}
