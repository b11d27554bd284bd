using System.Collections.Concurrent;

namespace Errand.Commands;

/// <summary>Speaks to the commands of this host, whichever of its processes looks after them: by their folders.</summary>
internal sealed class CommandClient(IJobClient jobs, CommandParts parts, TimeProvider time) : ICommandClient
{
    // The last write to each that is under way.
    private readonly ConcurrentDictionary<JobId, Task> _writes = new();

    public async ValueTask WriteStdinAsync(JobId id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var (job, folder) = await FindAsync(id, "stdin", cancellationToken);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Task.CompletedTask;
        _ = _writes.AddOrUpdate(id, done.Task, (_, last) =>
        {
            before = last;
            return done.Task;
        });
        try
        {
            await before.WaitAsync(cancellationToken);
            if (!await CommandInputPipe.WriteAsync(folder, bytes, time, cancellationToken)) throw NotOpen(job);
        }
        finally
        {
            // Whoever gives up does not let the next one in before those that are still writing.
            _ = EndAsync(id, before, done);
        }
    }

    public async ValueTask CloseStdinAsync(JobId id, CancellationToken cancellationToken)
    {
        var (job, folder) = await FindAsync(id, "stdin", cancellationToken);
        if (!File.Exists(folder.OpenInput)) throw NotOpen(job);
        if (folder.ReadIdentity() is not { IsNative: true } identity)
            throw new InvalidJobException("stdin", $"The standard input of job {id} cannot be closed while it runs: {parts.Supervisor.Description}.");
        using var supervisor = SupervisorProcess.Find(identity.Process, ProcessMark.Of(id, job.Attempt), null) ?? throw NotRunning(job, "stdin");
        supervisor.Descriptor.Signal(CommandSignals.EndOfInput);
    }

    public async ValueTask SignalAsync(JobId id, string signal, CancellationToken cancellationToken)
    {
        int number = CommandSignals.NumberOf(signal)
            ?? throw new InvalidJobException("signal", $"'{signal}' is not a signal; use a name such as HUP, INT, TERM, USR1 or SIGUSR1.");
        var (job, folder) = await FindAsync(id, "signal", cancellationToken);
        var identity = folder.ReadIdentity()?.Process ?? throw NotRunning(job, "signal");
        var tree = ProcessTree.Of(new(identity.ProcessId, identity.StartTime), ProcessMark.Of(id, job.Attempt), parts.Groups.Find(id, job.Attempt));
        if (tree.Signal(number) == 0) throw NotRunning(job, "signal");
    }

    private async Task EndAsync(JobId id, Task before, TaskCompletionSource done)
    {
        await before;
        done.SetResult();
        _writes.TryRemove(new(id, done.Task));
    }

    private async ValueTask<(Job Job, CommandFolder Folder)> FindAsync(JobId id, string parameter, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(id, cancellationToken);
        var folder = new CommandFolder(parts.Log.FolderOf(id, Math.Max(1, job.Attempt)));
        if (folder.ReadSpec() is null && !job.IsTerminal && job.State != JobState.Queued)
            throw new InvalidJobException(parameter, $"Job {id} is no command of this host; ask the host that runs it.");
        return job.IsTerminal || job.State == JobState.Queued ? throw NotRunning(job, parameter) : (job, folder);
    }

    private static InvalidJobException NotRunning(Job job, string parameter) => new(
        parameter, $"The command of job {job.Id} does not run: the job is {job.State.ToString().ToLowerInvariant()}.");

    private static InvalidJobException NotOpen(Job job) => new(
        "stdin", $"The standard input of job {job.Id} is not open. Start the command with keepStdinOpen to write to it while it runs.");
}
