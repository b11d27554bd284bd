using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Errand.Bench.Mcp;

/// <summary>A connection that costs little itself: it sends bytes and reads one answer.</summary>
internal sealed class HttpLoad : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 * 1024];

    public static async Task<HttpLoad> ConnectAsync(Uri server)
    {
        var load = new HttpLoad();
        await load._socket.ConnectAsync(IPAddress.Loopback, server.Port);
        return load;
    }

    /// <summary>Sends a request and answers with all of the response. It is overwritten by the next one.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> SendAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length) Array.Resize(ref _buffer, length * 2);
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0) throw new IOException("The server has closed the connection.");
            length += read;
            if (IsWhole(_buffer.AsSpan(0, length))) return _buffer.AsMemory(0, length);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        if (!answer.StartsWith("HTTP/1.1 200"u8)) throw new IOException(System.Text.Encoding.UTF8.GetString(answer));
        int mark = answer[..head].IndexOf("Content-Length: "u8);
        if (mark < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var digits = answer[(mark + 16)..head];
        int end = digits.IndexOf((byte)'\r');
        return answer.Length >= head + 4 + int.Parse(end < 0 ? digits : digits[..end], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Runs something on several connections at once, so often in all, and answers how long each took, in the order in which they ended.
    /// </summary>
    public static async Task<(double PerSecond, double[] Milliseconds)> RunAsync(
        Uri server, int connections, int times, Func<HttpLoad, long, Task> one)
    {
        var took = new double[times];
        int begun = 0, ended = 0;
        long startedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var load = await ConnectAsync(server);
            while (Interlocked.Increment(ref begun) is var number && number <= times)
            {
                long at = Stopwatch.GetTimestamp();
                await one(load, number);
                took[Interlocked.Increment(ref ended) - 1] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
            }
        }));
        return (times / Stopwatch.GetElapsedTime(startedAt).TotalSeconds, took);
    }
}
