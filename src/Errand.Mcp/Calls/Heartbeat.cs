using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Tells a waiting client that its call lives, where nothing else has told it for a while: many clients give up after a silence. Its values
/// always rise, as the protocol demands, by steps that are too small to be taken for progress.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private const double SmallestStep = 1e-6;
    // Many clients read values as single-precision numbers, which differ by no less.
    private const double StepOfValue = 2.5e-7;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly McpServer _server;
    private readonly ProgressToken _token;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private long _toldAt;
    private double _last = double.NegativeInfinity;
    private bool _over;

    /// <summary>Starts to beat for a client that has asked for progress; none for others.</summary>
    /// <param name="server">The way to the client.</param>
    /// <param name="token">What the client knows the call's progress by, if it does.</param>
    /// <param name="options">How long a silence may be.</param>
    /// <param name="time">The clock.</param>
    public static Heartbeat? For(McpServer server, ProgressToken? token, ErrandMcpOptions options, TimeProvider time) =>
        token is { } known ? new(server, known, options.HeartbeatInterval, time) : null;

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

    /// <summary>Tells the client how far the work has come, in a message that is sent by the caller.</summary>
    /// <param name="current">How far.</param>
    /// <param name="sendAsync">Sends the value that is to be told: the work's own, or one past all that were told before.</param>
    public async Task TellAsync(double current, Func<double, Task> sendAsync)
    {
        // What is told rises only if it also arrives in that order.
        await _sending.WaitAsync();
        try
        {
            double value;
            lock (_lock)
            {
                _toldAt = _time.GetTimestamp();
                value = _last = Math.Max(current, Next_NeedsLock());
            }
            await sendAsync(value);
        }
        finally { _sending.Release(); }
    }

    /// <summary>Tells the client how far a job has come that it waits for.</summary>
    public async Task TellAsync(JobProgress progress)
    {
        try { await TellAsync(progress.Current, value => SendAsync(value, progress.Total, progress.Message)); }
        catch (Exception)
        {
            // The client has gone, which its call hears of by itself.
        }
    }

    public void Dispose()
    {
        lock (_lock) _over = true;
        _timer.Dispose();
    }

    private async void Beat()
    {
        // Whatever is being sent will be heard.
        if (!_sending.Wait(0)) return;
        try
        {
            double value;
            lock (_lock)
            {
                if (_over || _time.GetElapsedTime(_toldAt) < _interval) return;
                _toldAt = _time.GetTimestamp();
                value = _last = Next_NeedsLock();
            }
            await SendAsync(value, null, FormattableString.Invariant($"Still working after {_time.GetElapsedTime(_startedAt).TotalSeconds:F0} s."));
        }
        catch (Exception)
        {
            // The client has gone; what becomes of the call is decided elsewhere.
        }
        finally { _sending.Release(); }
    }

    private double Next_NeedsLock() => _last < 0 ? 0 : _last + Math.Max(SmallestStep, _last * StepOfValue);

    // By hand, for the package's own words for it have single precision.
    private Task SendAsync(double value, double? total, string? message)
    {
        var token = JsonSerializer.SerializeToNode(_token, McpNodes.TypeOf<ProgressToken>());
        var parameters = new JsonObject { ["progressToken"] = token, ["progress"] = value };
        if (total is not null) parameters["total"] = total;
        if (message is not null) parameters["message"] = message;
        return _server.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.ProgressNotification, Params = parameters });
    }
}
