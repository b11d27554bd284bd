using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// Hears that the client at the other end of a pipe is gone. The protocol library lets what is under way go on to its end before the server
/// ends, which for a wait may be minutes, and for a subscription never.
/// </summary>
internal sealed class PipeEnd(IServiceProvider services) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Lock _lock = new();
    private bool _watches;

    public void Dispose() => _gone.Dispose();

    /// <summary>
    /// Whether a message came by a pipe. Over HTTP each knows the response that it is answered on, and the host tells what becomes of that.
    /// </summary>
    public static bool IsOf(JsonRpcMessageContext? message) => message?.RelatedTransport is null;

    /// <summary>Does what a message asks for, and gives it up when the pipe that it came by has ended.</summary>
    /// <param name="message">Where the message came from.</param>
    /// <param name="work">What it asks for.</param>
    /// <param name="cancellationToken">That it is cancelled.</param>
    public async ValueTask<T> UntilAsync<T>(
        JsonRpcMessageContext? message, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        if (!IsOf(message) || !Watches()) return await work(cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _gone.Token);
        return await work(either.Token);
    }

    private bool Watches()
    {
        lock (_lock)
        {
            if (!_watches && services.GetService<ITransport>() is { } pipe)
            {
                _watches = true;
                _ = WatchAsync(pipe);
            }
            return _watches;
        }
    }

    private async Task WatchAsync(ITransport pipe)
    {
        try { await pipe.MessageReader.Completion; }
        catch (Exception)
        {
            // It broke, which is an end, too.
        }
        try { _gone.Cancel(); }
        catch (ObjectDisposedException)
        {
            // The host is gone before its pipe.
        }
    }
}
