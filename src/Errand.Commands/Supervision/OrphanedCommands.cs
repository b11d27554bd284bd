namespace Errand.Commands;

/// <summary>Commands whose callers still waited when their server died: no store knows them, but their folders do.</summary>
internal sealed class OrphanedCommands(CommandParts parts) : IOrphanedWork
{
    private const int FirstAttempt = 1;

    public IReadOnlyList<OrphanedJob> Find()
    {
        var found = new List<OrphanedJob>();
        if (!Directory.Exists(parts.Log.Folder)) return found;
        foreach (string folder in Directory.EnumerateDirectories(parts.Log.Folder))
            if (JobId.TryParse(Path.GetFileName(folder.AsSpan()), out var id) && Find(id) is { } orphan) found.Add(orphan);
        return found;
    }

    private OrphanedJob? Find(JobId id)
    {
        var folder = new CommandFolder(parts.Log.FolderOf(id, FirstAttempt));
        // A server that lives looks after its commands itself.
        if (folder.ReadSpec() is not { } record || record.Server is { IsGone: false }) return null;
        // The job of a stored one that has ended may have been removed, and must not come back; one that runs was lost with its store.
        return record.IsStored && !Runs(id, folder) ? null : new(id, record.ToSpec(), record.StartedAt);
    }

    private static bool Runs(JobId id, CommandFolder folder)
    {
        using var supervisor = folder.ReadIdentity() is { } identity
            ? SupervisorProcess.Find(identity.Process, ProcessMark.Of(id, FirstAttempt), null)
            : null;
        return supervisor is not null;
    }
}
