namespace Errand.Commands;

/// <summary>
/// Watches the limits of all running commands with one clock and one reading of /proc for all of them. It looks only while there is a
/// command with a limit, and reads processes only where the kernel does not keep to the limit by itself.
/// </summary>
internal sealed class LimitWatch : IDisposable
{
    /// <summary>The time from one look to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<WatchedCommand, Action<ExceededLimit>> _commands = [];
    private readonly Lock _changing = new();
    private readonly Lock _looking = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long? _readAt;
    private bool _isTicking;
    private bool _isDisposed;

    public LimitWatch(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static watch => ((LimitWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches a command until what this answers is disposed.</summary>
    /// <param name="supervisor">Its supervisor.</param>
    /// <param name="mark">What its processes carry.</param>
    /// <param name="group">Its control group, where there is one; it is told the limits.</param>
    /// <param name="limits">Its limits. Without any it is not looked at before somebody asks what it uses.</param>
    /// <param name="exceeded">Is told the first limit that is passed, once.</param>
    public WatchedCommand Watch(ProcessKey supervisor, ProcessMark mark, ControlGroup? group, JobLimits limits, Action<ExceededLimit> exceeded)
    {
        var command = new WatchedCommand(this, supervisor, mark, group, limits);
        lock (_changing)
        {
            _commands.Add(command, exceeded);
            if (command.IsLimited) BeginToTick_NeedsLock();
        }
        return command;
    }

    /// <summary>Looks at all commands, unless that was done within the last interval.</summary>
    public void Refresh()
    {
        List<Action> news = [];
        // Who comes while somebody else looks has what that finds.
        lock (_looking)
            if (_readAt is not { } at || _time.GetElapsedTime(at) >= Interval) Look_NeedsLock(all: true, news);
        foreach (var tell in news) tell();
    }

    public void Remove(WatchedCommand command)
    {
        lock (_changing) _commands.Remove(command);
    }

    public void Dispose()
    {
        lock (_changing)
        {
            _isDisposed = true;
            _commands.Clear();
        }
        _timer.Dispose();
    }

    private void BeginToTick_NeedsLock()
    {
        if (_isTicking || _isDisposed) return;
        _isTicking = true;
        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        List<Action> news = [];
        lock (_looking) Look_NeedsLock(all: false, news);
        foreach (var tell in news) tell();
        lock (_changing)
        {
            // Anew after each look, so that a slow one does not meet the next.
            _isTicking = false;
            if (_commands.Keys.Any(static command => command.IsLimited)) BeginToTick_NeedsLock();
        }
    }

    private void Look_NeedsLock(bool all, List<Action> news)
    {
        KeyValuePair<WatchedCommand, Action<ExceededLimit>>[] commands;
        lock (_changing) commands = [.. _commands.Where(command => all || command.Key.IsLimited)];
        using var table = OperatingSystem.IsLinux() && commands.Any(command => all || command.Key.IsSampled) ? ProcessTable.Read() : null;
        foreach (var (command, exceeded) in commands)
            if (command.Look(all || command.IsSampled ? table : null) is { } limit) news.Add(() => exceeded(limit));
        if (all) _readAt = _time.GetTimestamp();
    }
}
