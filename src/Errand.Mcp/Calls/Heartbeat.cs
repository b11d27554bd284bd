using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Tells a waiting client that its call lives, where nothing else has told it for a while: many clients give up after a silence. Its values
/// always rise, as the protocol demands, by steps that are too small to be taken for progress.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private const double Step = 1e-6;
    private readonly Lock _lock = new();
    private readonly McpServer _server;
    private readonly ProgressToken _token;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private long _toldAt;
    private double _last;
    private bool _over;

    /// <summary>Starts to beat.</summary>
    /// <param name="server">The way to the client.</param>
    /// <param name="token">What the client knows the call's progress by.</param>
    /// <param name="interval">How long a silence may be.</param>
    /// <param name="time">The clock.</param>
    public Heartbeat(McpServer server, ProgressToken token, TimeSpan interval, TimeProvider time)
    {
        _server = server;
        _token = token;
        _interval = interval;
        _time = time;
        _startedAt = _toldAt = time.GetTimestamp();
        _timer = time.CreateTimer(static heart => ((Heartbeat)heart!).Beat(), this, interval, interval);
    }

    /// <summary>The work itself tells of progress.</summary>
    /// <returns>The value to tell, which is past all that were told.</returns>
    public double Rise(double current)
    {
        lock (_lock)
        {
            _toldAt = _time.GetTimestamp();
            return _last = current > _last ? current : _last + Step;
        }
    }

    public void Dispose()
    {
        lock (_lock) _over = true;
        _timer.Dispose();
    }

    private async void Beat()
    {
        double value;
        lock (_lock)
        {
            if (_over || _time.GetElapsedTime(_toldAt) < _interval) return;
            _toldAt = _time.GetTimestamp();
            value = _last += Step;
        }
        try
        {
            string message = FormattableString.Invariant($"Still working after {_time.GetElapsedTime(_startedAt).TotalSeconds:F0} s.");
            await _server.NotifyProgressAsync(_token, new() { Progress = (float)value, Message = message });
        }
        catch (Exception)
        {
            // The client has gone; what becomes of the call is decided elsewhere.
        }
    }
}
