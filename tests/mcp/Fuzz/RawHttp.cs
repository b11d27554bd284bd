using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>How a connection fares.</summary>
internal enum Cut
{
    /// <summary>As it should.</summary>
    No,

    /// <summary>Less is sent than was announced.</summary>
    Short,

    /// <summary>It breaks before all is sent.</summary>
    Early,

    /// <summary>It breaks once all is sent.</summary>
    Late,
}

/// <summary>A request, right or wrong.</summary>
internal sealed record RawRequest(string Verb, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, Cut Cut = Cut.No)
{
    public override string ToString()
    {
        string body = Encoding.UTF8.GetString(Body);
        string headers = string.Join('\n', Headers.Select(header => $"{header.Name}: {header.Value}"));
        return $"{Verb} ({Cut})\n{headers}\n\n{(body.Length > 3000 ? body[..3000] : body)}";
    }
}

/// <summary>What came back: nothing where the connection was cut.</summary>
internal sealed partial record RawAnswer(int Status, string Text, bool Ended)
{
    public static RawAnswer Of(byte[] bytes, bool ended)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int status = text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        return new(status, Chunk().Replace(text, ""), ended);
    }

    [GeneratedRegex("\r\n[0-9a-f]+\r\n(?=[^\r])")]
    private static partial Regex Chunk();
}

/// <summary>Sends requests byte by byte, which no client library would.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    // How long to stay with a request that may rightly wait for long.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends a request, and answers with all that came back.</summary>
    /// <exception cref="TimeoutException">It did not end, and had nothing to wait for.</exception>
    public static async Task<RawAnswer> SendAsync(int port, RawRequest request, bool mayWait)
    {
        using var client = new TcpClient { NoDelay = true };
        if (request.Cut is Cut.Early or Cut.Late) client.LingerState = new(true, 0);
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        byte[] head = Head(port, request);
        byte[] all = [.. head, .. request.Body];
        try
        {
            await stream.WriteAsync(request.Cut switch
            {
                Cut.Early => all.AsMemory(0, head.Length + (request.Body.Length / 2)),
                Cut.Short => all.AsMemory(0, all.Length - (request.Body.Length / 3) - 1),
                _ => all,
            });
        }
        catch (IOException)
        {
            // The server has had enough of it.
        }
        if (request.Cut is Cut.Early or Cut.Late) return new(0, "", Ended: true);
        if (request.Cut == Cut.Short) client.Client.Shutdown(SocketShutdown.Send);
        using var enough = new CancellationTokenSource(mayWait ? Patience : Bound);
        var answer = new MemoryStream();
        try { await stream.CopyToAsync(answer, enough.Token); }
        catch (OperationCanceledException) when (mayWait) { return RawAnswer.Of(answer.ToArray(), ended: false); }
        catch (OperationCanceledException) { throw new TimeoutException($"No end after {Bound}: {Encoding.UTF8.GetString(answer.ToArray())}"); }
        catch (IOException)
        {
            // It is closed hard where the body was not read to its end.
        }
        return RawAnswer.Of(answer.ToArray(), ended: true);
    }

    private static byte[] Head(int port, RawRequest request)
    {
        var head = new StringBuilder($"{request.Verb} /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
        foreach (var (name, value) in request.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (request.Verb == "POST") head.Append(CultureInfo.InvariantCulture, $"Content-Length: {request.Body.Length}\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
