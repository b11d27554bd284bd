using System.Buffers;

namespace Errand.Server.Mcp;

/// <summary>
/// Where a session's server writes what nobody has asked for. It goes to the newest of the connections that listen for it; such connections break
/// and are made again, and the server knows of one stream only. With none, it is lost, as the protocol has it.
/// </summary>
internal sealed class McpSessionStream(TimeProvider time) : Stream
{
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(30);
    // By the rules of server-sent events a line that nobody reads.
    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<Stream> _listeners = [];
    private readonly ArrayBufferWriter<byte> _unsent = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes to a connection until that is over.</summary>
    public async Task ListenAsync(Stream connection, CancellationToken over)
    {
        try
        {
            // The client is told that it is heard, even if nothing comes for long.
            await InTurnAsync(() => connection.FlushAsync(over), () => _listeners.Add(connection));
            while (true)
            {
                await Task.Delay(Breath, time, over);
                // What nobody reads any more breaks only when something is written to it; and proxies end what is silent for long.
                await InTurnAsync(() => SendAsync(connection, Comment, over), null);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The way in which such a connection ends.
        }
        // Nobody writes to it any more once it is let go of.
        finally { await InTurnAsync(null, () => _listeners.Remove(connection)); }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _unsent.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what was written, all of it to the same connection.</summary>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_unsent.WrittenCount > 0 && _listeners is [.., var newest]) await SendAsync(newest, _unsent.WrittenMemory, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // That connection is broken. The next message goes to another.
        }
        finally
        {
            _unsent.ResetWrittenCount();
            _turn.Release();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => _unsent.Write(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static async Task SendAsync(Stream connection, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await connection.WriteAsync(bytes, cancellationToken);
        await connection.FlushAsync(cancellationToken);
    }

    private async Task InTurnAsync(Func<Task>? write, Action? change)
    {
        await _turn.WaitAsync();
        try
        {
            if (write is not null) await write();
            change?.Invoke();
        }
        finally { _turn.Release(); }
    }
}
