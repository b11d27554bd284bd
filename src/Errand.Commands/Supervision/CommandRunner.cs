using Errand.Storage;

namespace Errand.Commands;

/// <summary>Runs commands under supervision, and takes up those that another process of this host has left.</summary>
internal sealed class CommandRunner(CommandParts parts)
{
    /// <summary>Starts a command and goes along with it.</summary>
    /// <exception cref="JobErrorException">It could not be started.</exception>
    public async Task<CommandEnd> RunAsync(CommandPlan plan, JobContext job)
    {
        var launch = await CommandLaunch.PrepareAsync(parts, plan, job);
        job.CancellationToken.ThrowIfCancellationRequested();
        return await FollowAsync(plan, job, launch.Start(), launch.Folder);
    }

    /// <summary>Whether a supervisor may have been given its go: without an identity on record none was, and the command can begin now.</summary>
    public bool HasBegun(JobContext job) => FolderOf(job).ReadIdentity() is not null || IsElsewhere(job);

    /// <summary>Goes along with a command that was started before this process, or finds how it ended.</summary>
    public async Task<CommandEnd> ResumeAsync(CommandPlan plan, JobContext job)
    {
        var folder = FolderOf(job);
        if (IsElsewhere(job)) return new(CommandEndKind.HostLost);
        if (folder.ReadIdentity() is not { } identity) return await RunAsync(plan, job);
        var mark = ProcessMark.Of(job.Id, job.Attempt);
        var group = parts.Groups.Find(job.Id, job.Attempt);
        if (SupervisorProcess.Find(identity.Process, mark, group) is { } supervisor) return await FollowAsync(plan, job, supervisor, folder);
        var end = await FindEndAsync(plan, job, folder, identity, ProcessTree.Of(default, mark, group));
        group?.TryRemove();
        return end;
    }

    // Another host that shares the store has begun it, as far as one can know here; to begin it once more could do it twice.
    private bool IsElsewhere(JobContext job) => parts.Store.SpansHosts && FolderOf(job).ReadSpec() is null;

    private CommandFolder FolderOf(JobContext job) => new(parts.Log.FolderOf(job.Id, job.Attempt));

    private async Task<CommandEnd> FollowAsync(CommandPlan plan, JobContext job, SupervisorProcess supervisor, CommandFolder folder)
    {
        using var run = new CommandRun(parts, plan, job, supervisor, folder);
        var end = await run.FollowAsync();
        if (end.Kind != CommandEndKind.LetGo) supervisor.Group?.TryRemove();
        return end;
    }

    /// <summary>The supervisor is gone: either it has told how the command ended, or nobody has seen it.</summary>
    private static async Task<CommandEnd> FindEndAsync(
        CommandPlan plan, JobContext job, CommandFolder folder, SupervisorIdentity identity, ProcessTree tree)
    {
        var exit = folder.ReadExit();
        bool isSameBoot = identity.Process.BootId == ProcessIdentity.ThisBoot;
        var leftovers = isSameBoot ? await Leftovers.EndAsync(tree, job.Time) : Leftovers.None;
        using var output = new OutputFollower(folder, job.Output, plan.Listener);
        output.Follow();
        var kind = exit is not null ? CommandEndKind.Ended : isSameBoot ? CommandEndKind.SupervisorKilled : CommandEndKind.HostRestarted;
        return new(kind)
        {
            Exit = exit, Leftovers = leftovers.Ended, Survivors = leftovers.Survivors,
            Stdout = output.Captured(OutputStream.Out), Stderr = output.Captured(OutputStream.Err),
        };
    }
}
