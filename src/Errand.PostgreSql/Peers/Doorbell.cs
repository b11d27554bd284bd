using System.Security.Cryptography;
using Errand.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>
/// Tells of writes: subscribers of this process at once, other processes by NOTIFY. That is sent after the writes and apart from them, for a
/// commit with a notification waits for a lock that the whole cluster has only one of; what comes while one is under way goes into the next.
/// </summary>
internal sealed partial class Doorbell(
    Connections connections, Statements statements, TimeProvider time, WorkScheduler scheduler, ILogger logger) : IAsyncDisposable
{
    // Beyond this, others are told that there is something, and look for themselves.
    private const int MaxUntold = 1000;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly string _name = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];
    private List<JobHint> _untold = [];
    private Task _telling = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _isTelling;
    private bool _isDisposed;

    public IDisposable Subscribe(Action<JobHint> hinted)
    {
        var subscription = new Subscription(this, hinted);
        lock (_lock) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    /// <summary>Tells of writes that were committed.</summary>
    public void Ring(IReadOnlyCollection<JobHint> hints)
    {
        if (hints.Count == 0) return;
        foreach (var hint in hints) Raise(hint);
        lock (_lock)
        {
            if (_untold.Count + hints.Count <= MaxUntold) _untold.AddRange(hints);
            else _untold = [DoorbellMessage.Something];
            if (_isTelling || _isDisposed) return;
            _isTelling = true;
            _telling = scheduler.Run(TellAsync);
        }
    }

    /// <summary>Listens from now on.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await OpenAsync(cancellationToken);
        }
        catch (Exception e) when (StoreErrors.IsOfStore(e))
        {
            throw StoreErrors.Explain(e, connections.Store);
        }
        _listening = scheduler.Run(() => ListenAsync(connection));
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }
        _disposing.Cancel();
        Task telling;
        lock (_lock) telling = _telling;
        await telling;
        await _listening;
        _disposing.Dispose();
    }

    private async Task TellAsync()
    {
        while (Take() is { } hints)
        {
            try
            {
                await connections.ListAsync(statements.Tell(DoorbellMessage.Write(_name, hints)), _ => true, CancellationToken.None);
            }
            catch (Exception e) when (e is StoreUnavailableException or ObjectDisposedException)
            {
                Log.NotTold(logger, e.Message);
            }
        }
    }

    private List<JobHint>? Take()
    {
        lock (_lock)
        {
            if (_untold.Count == 0)
            {
                _isTelling = false;
                return null;
            }
            var hints = _untold;
            _untold = [];
            return hints;
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection)
    {
        while (true)
        {
            try
            {
                await using (connection)
                    while (true) await connection.WaitAsync(_disposing.Token);
            }
            catch (Exception e)
            {
                if (_disposing.IsCancellationRequested) return;
                Log.ListenerLost(logger, e.Message);
            }
            if (await ReopenAsync() is not { } next) return;
            connection = next;
            Log.ListenerBack(logger);
            // What was told in between is lost.
            Raise(DoorbellMessage.Something);
        }
    }

    private async Task<NpgsqlConnection?> ReopenAsync()
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await Task.Delay(wait, time, _disposing.Token);
                return await OpenAsync(_disposing.Token);
            }
            catch (Exception) when (_disposing.IsCancellationRequested) { return null; }
            catch (Exception e) when (StoreErrors.IsOfStore(e)) { }
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await connections.OpenListenerAsync(cancellationToken);
        try
        {
            connection.Notification += OnNotification;
            await using var listen = new NpgsqlCommand($"LISTEN {statements.Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs told)
    {
        foreach (var hint in DoorbellMessage.Read(_name, told.Payload)) Raise(hint);
    }

    private void Raise(JobHint hint)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.Hinted(hint);
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock) _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
    }

    private sealed class Subscription(Doorbell doorbell, Action<JobHint> hinted) : IDisposable
    {
        public Action<JobHint> Hinted { get; } = hinted;

        public void Dispose() => doorbell.Remove(this);
    }
}
