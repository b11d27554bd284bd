using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand.Commands;

/// <summary>What all commands of one process share.</summary>
internal sealed partial class CommandParts : IDisposable
{
    private readonly Lazy<SupervisionWatch> _watch;
    private readonly Lazy<Supervisor> _supervisor;
    private readonly Lazy<ControlGroups> _groups = new(ControlGroups.Detect);
    private readonly Lazy<LimitWatch> _limits;

    private readonly TimeProvider _time;

    public CommandParts(CommandOptions options, IJobStore store, FileOutputLog log, WorkScheduler scheduler, TimeProvider time)
    {
        _time = time;
        Options = options;
        Store = store;
        Log = log;
        _watch = new(() => new(scheduler));
        _limits = new(() => new(time));
        _supervisor = new(() => Supervisor.Choose(options.Supervisor));
    }

    public CommandOptions Options { get; }

    public IJobStore Store { get; }

    /// <summary>Where commands write, and what tells of them.</summary>
    public FileOutputLog Log { get; }

    public SupervisionWatch Watch => _watch.Value;

    public LimitWatch Limits => _limits.Value;

    public Supervisor Supervisor => _supervisor.Value;

    public ControlGroups Groups => _groups.Value;

    /// <summary>Whether a later process will find the commands that this one leaves.</summary>
    public bool Outlives => !Log.IsTemporary;

    /// <summary>Finds out what this system has for commands and says it, and clears away what ended while no server ran.</summary>
    public void Prepare(ILogger logger)
    {
        try
        {
            Tell.Prepared(logger, Supervisor.Description, string.Join("; ", Groups.Report));
            Groups.Sweep(_time);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            Tell.Unprepared(logger, e.Message);
        }
    }

    public void Dispose()
    {
        if (_watch.IsValueCreated) _watch.Value.Dispose();
        if (_limits.IsValueCreated) _limits.Value.Dispose();
        if (_groups.IsValueCreated) _groups.Value.Dispose();
    }
}
