namespace Errand.Commands;

/// <summary>One mounted hierarchy of control groups, and where this process is in it.</summary>
/// <param name="Folder">The folder of the group that this process is in.</param>
/// <param name="IsUnified">Whether it is of version 2.</param>
/// <param name="Controllers">What it can do; for version 2 what is handed down to groups below.</param>
internal sealed record ControlGroupHierarchy(string Folder, bool IsUnified, ControlGroupController Controllers)
{
    private const int RootField = 3;
    private const int MountPointField = 4;

    /// <summary>The names of the controllers.</summary>
    public static readonly (ControlGroupController Controller, string Name)[] Names =
    [
        (ControlGroupController.Memory, "memory"), (ControlGroupController.Processes, "pids"), (ControlGroupController.CpuWeight, "cpu"),
    ];

    /// <summary>The hierarchies of this system that are of use.</summary>
    /// <param name="mounts">The text of /proc/self/mountinfo.</param>
    /// <param name="groups">The text of /proc/self/cgroup.</param>
    public static IReadOnlyList<ControlGroupHierarchy> Read(string mounts, string groups)
    {
        List<ControlGroupHierarchy> found = [];
        foreach (string line in mounts.Split('\n'))
        {
            int end = line.IndexOf(" - ", StringComparison.Ordinal);
            if (end < 0) continue;
            string[] mount = line[..end].Split(' ');
            // The type, the source and the options, which name the controllers of version 1.
            string[] system = line[(end + 3)..].Split(' ');
            bool unified = system[0] == "cgroup2";
            if ((!unified && system[0] != "cgroup") || system.Length < 3) continue;
            string[] names = unified ? [] : system[2].Split(',');
            if (GroupOf(groups, unified ? "" : names[^1]) is not { } group) continue;
            string folder = FolderOf(Unescape(mount[MountPointField]), Unescape(mount[RootField]), group);
            var controllers = unified
                ? ControlGroupController.Kill | ControlGroupController.CpuTime | HandedDown(folder)
                : names.Aggregate(ControlGroupController.None, static (all, name) => all | ControllerOf(name));
            if (controllers != ControlGroupController.None && !found.Exists(other => other.Folder == folder))
                found.Add(new(folder, unified, controllers));
        }
        return found;
    }

    /// <summary>The controllers that a group of version 2 hands down to those below it.</summary>
    /// <param name="folder">The group.</param>
    public static ControlGroupController HandedDown(string folder) =>
        (ControlGroupFile.Read(Path.Combine(folder, "cgroup.subtree_control")) ?? "").Split(' ', '\n')
        .Aggregate(ControlGroupController.None, static (all, name) => all | ControllerOf(name));

    private static ControlGroupController ControllerOf(string name) =>
        Array.Find(Names, known => known.Name == name).Controller;

    /// <summary>This process's group in the hierarchy of a controller of version 1, or of version 2 for no name.</summary>
    private static string? GroupOf(string groups, string controller)
    {
        foreach (string line in groups.Split('\n'))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains(controller)) return fields[2];
        }
        return null;
    }

    /// <summary>A container may see a part of the hierarchy only: what is above its root is in the group's name, but not below the mount.</summary>
    private static string FolderOf(string mountPoint, string root, string group)
    {
        if (root != "/" && (group == root || group.StartsWith(root + "/", StringComparison.Ordinal))) group = group[root.Length..];
        return group is "" or "/" ? mountPoint : Path.Join(mountPoint, group);
    }

    /// <summary>Spaces and the like are octal numbers there.</summary>
    private static string Unescape(string path) => path.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\134", "\\");
}
