namespace Errand.Commands;

/// <summary>The control groups that this process may make: a group for each command, all of them below one named "errand".</summary>
internal sealed class ControlGroups : IDisposable
{
    private const string Common = "errand";
    // Another server's group is empty between its making and the start of its command.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    private readonly List<ControlGroupHierarchy> _hierarchies = [];
    private readonly List<string> _report = [];
    private readonly Lock _making = new();

    /// <summary>Looks which of some hierarchies may be used.</summary>
    /// <param name="hierarchies">Where this process is.</param>
    public ControlGroups(IReadOnlyList<ControlGroupHierarchy> hierarchies)
    {
        List<ControlGroupHierarchy> refused = [];
        foreach (var hierarchy in hierarchies) (MayMakeIn(hierarchy) ? _hierarchies : refused).Add(hierarchy);
        Tell(ControlGroupController.Kill, "kill", "a search for descendants and marks", refused);
        Tell(ControlGroupController.Memory, "memory", "sampled", refused);
        Tell(ControlGroupController.Processes, "processes", "sampled", refused);
        Tell(ControlGroupController.CpuTime, "cpu time", "sampled", refused);
        Tell(ControlGroupController.CpuWeight, "cpu weight", "not available, niceness is", refused);
    }

    /// <summary>What can be done by control groups here.</summary>
    public ControlGroupController Controllers { get; private set; }

    /// <summary>What the kernel does for commands here, and what Errand does in its place and why: a line each.</summary>
    public IReadOnlyList<string> Report => _report;

    /// <summary>The groups of this system.</summary>
    public static ControlGroups Detect() => new(OperatingSystem.IsLinux()
        ? ControlGroupHierarchy.Read(ControlGroupFile.Read("/proc/self/mountinfo") ?? "", ControlGroupFile.Read("/proc/self/cgroup") ?? "")
        : []);

    /// <summary>Makes the group of a command with its limits, as far as it is of use.</summary>
    /// <param name="id">The job.</param>
    /// <param name="attempt">Which of its attempts.</param>
    /// <param name="limits">The limits.</param>
    /// <returns>The group, or null where there can be none.</returns>
    public ControlGroup? Create(JobId id, int attempt, JobLimits limits)
    {
        var wanted = ControlGroupController.Kill | ControlGroupController.CpuTime | NeededFor(limits);
        List<ControlGroupHierarchy> made = [];
        foreach (var hierarchy in _hierarchies)
            if ((hierarchy.Controllers & wanted) != 0 && Make(hierarchy, NameOf(id, attempt)) is { } place) made.Add(place);
        if (made.Count == 0) return null;
        var group = new ControlGroup(made);
        group.Apply(limits);
        return group;
    }

    /// <summary>Finds a group that an earlier process has made.</summary>
    /// <param name="id">The job.</param>
    /// <param name="attempt">Which of its attempts.</param>
    public ControlGroup? Find(JobId id, int attempt)
    {
        List<ControlGroupHierarchy> found = [];
        foreach (var hierarchy in _hierarchies)
        {
            var place = hierarchy with { Folder = Path.Combine(hierarchy.Folder, Common, NameOf(id, attempt)) };
            if (Directory.Exists(place.Folder)) found.Add(place);
        }
        return found.Count == 0 ? null : new(found);
    }

    /// <summary>Removes groups that are empty and not new: those of commands that ended while no server ran.</summary>
    /// <param name="time">The clock.</param>
    /// <returns>How many were removed.</returns>
    public int Sweep(TimeProvider time)
    {
        int removed = 0;
        var before = time.GetUtcNow() - StaleAfter;
        foreach (var hierarchy in _hierarchies)
        {
            var common = new DirectoryInfo(Path.Combine(hierarchy.Folder, Common));
            if (!common.Exists) continue;
            foreach (var folder in common.EnumerateDirectories())
                if (folder.LastWriteTimeUtc < before && ControlGroupFile.TryRemove(folder.FullName)) removed++;
        }
        return removed;
    }

    /// <summary>Removes the common group where no command has one any more.</summary>
    public void Dispose()
    {
        foreach (var hierarchy in _hierarchies) ControlGroupFile.TryRemove(Path.Combine(hierarchy.Folder, Common));
    }

    private static string NameOf(JobId id, int attempt) => $"{id}-{attempt}";

    private static ControlGroupController NeededFor(JobLimits limits) =>
        (limits.MemoryBytes is null ? 0 : ControlGroupController.Memory)
        | (limits.Processes is null ? 0 : ControlGroupController.Processes)
        | (limits.CpuWeight is null ? 0 : ControlGroupController.CpuWeight);

    /// <summary>
    /// Tries, because rights alone do not tell (a container may have mounted them read-only). The common group may be another user's, and
    /// who may make groups may still not move processes out of this one.
    /// </summary>
    private static bool MayMakeIn(ControlGroupHierarchy hierarchy)
    {
        string common = Path.Combine(hierarchy.Folder, Common);
        string probe = Path.Combine(common, $"probe-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(probe);
            ControlGroupFile.TryRemove(probe);
            ControlGroupFile.TryRemove(common);
            using var members = File.OpenHandle(Path.Combine(hierarchy.Folder, ControlGroup.Processes), FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    private ControlGroupHierarchy? Make(ControlGroupHierarchy hierarchy, string name)
    {
        string common = Path.Combine(hierarchy.Folder, Common);
        string folder = Path.Combine(common, name);
        lock (_making)
            try
            {
                Directory.CreateDirectory(folder);
                if (hierarchy.IsUnified) HandDown(common, hierarchy.Controllers);
                return hierarchy with { Folder = folder };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    private static void HandDown(string common, ControlGroupController controllers)
    {
        var missing = controllers & ~ControlGroupHierarchy.HandedDown(common);
        foreach (var (controller, name) in ControlGroupHierarchy.Names)
            if (missing.HasFlag(controller)) ControlGroupFile.TryWrite(Path.Combine(common, "cgroup.subtree_control"), $"+{name}");
    }

    private void Tell(ControlGroupController controller, string what, string otherwise, List<ControlGroupHierarchy> refused)
    {
        if (_hierarchies.Find(HasIt) is { } made)
        {
            Controllers |= controller;
            _report.Add($"{what}: control group (version {(made.IsUnified ? 2 : 1)})");
        }
        else
        {
            string why = refused.Find(HasIt) is { } not ? $"no group may be made in {not.Folder}" : "this process's group does not have that";
            _report.Add($"{what}: {otherwise} ({why})");
        }

        bool HasIt(ControlGroupHierarchy hierarchy) => hierarchy.Controllers.HasFlag(controller);
    }
}
