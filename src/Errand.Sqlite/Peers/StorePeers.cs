using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

/// <summary>Passes hints on: to subscribers in this process, and through the doorbell to other instances on the file.</summary>
internal sealed class StorePeers(SqliteStoreOptions options, TimeProvider time, WorkScheduler scheduler, ILogger logger) : IPeers, IDisposable
{
    /// <summary>What those are told who had better look.</summary>
    public static readonly JobHint[] Something = [new(default, 0, Ready: true)];

    private static readonly TimeSpan PeersStay = TimeSpan.FromSeconds(5);
    private readonly HintSubscribers _subscribers = new();
    private Doorbell? _doorbell;
    private ITimer? _poll;
    private long _wroteLast;
    private bool _haveWritten;

    public bool Any => _doorbell is { HasOthers: true } || (_haveWritten && time.GetElapsedTime(_wroteLast) < PeersStay);

    public IDisposable Subscribe(Action<JobHint> hinted) => _subscribers.Add(hinted);

    /// <summary>Begins to listen.</summary>
    /// <param name="look">Has the writer look whether another instance has written.</param>
    public void Start(Action look)
    {
        if (options.Doorbell) _doorbell = Doorbell.TryOpen(options.Path, scheduler, logger, _subscribers.Raise);
        _poll = time.CreateTimer(_ => look(), null, options.PollInterval, options.PollInterval);
    }

    public void Tell(List<JobHint> hints)
    {
        _subscribers.Raise(hints);
        _doorbell?.Ring(hints);
    }

    public void Wrote()
    {
        _wroteLast = time.GetTimestamp();
        _haveWritten = true;
        _subscribers.Raise(Something);
    }

    public void Dispose()
    {
        _poll?.Dispose();
        _doorbell?.Dispose();
    }
}
