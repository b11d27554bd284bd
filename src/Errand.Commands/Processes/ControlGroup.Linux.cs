using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>The control group of one command: one folder in each hierarchy that is of use to it.</summary>
/// <param name="places">The folders, and what each is for.</param>
internal sealed partial class ControlGroup(IReadOnlyList<ControlGroupHierarchy> places)
{
    /// <summary>The file of the members, and the way in.</summary>
    public const string Processes = "cgroup.procs";

    private readonly ControlGroupHierarchy? _unified = places.FirstOrDefault(place => place.IsUnified);

    /// <summary>What it can do.</summary>
    public ControlGroupController Controllers { get; } =
        places.Aggregate(ControlGroupController.None, static (all, place) => all | place.Controllers);

    /// <summary>The folder of version 2, or null. Writing 0 into its file cgroup.procs moves the writer into the group.</summary>
    public string? UnifiedFolder => _unified?.Folder;

    /// <summary>Whether some of it must be entered by <see cref="EnterLegacy"/>, because nothing starts in a group of version 1.</summary>
    public bool HasLegacy => places.Any(place => !place.IsUnified);

    /// <summary>Opens the folder of version 2 for a clone3 that starts the command inside the group.</summary>
    /// <returns>A descriptor that is not inherited, or null where there is no such folder.</returns>
    public SafeFileHandle? OpenFolder()
    {
        if (UnifiedFolder is not { } folder) return null;
        int descriptor = NativeProcess.OpenFolder(folder);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Moves a process into all of it. What it has started before stays where it is.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Whether it is in all of it.</returns>
    /// <remarks>This may take 20 ms, in which the kernel waits for all processors.</remarks>
    public bool Enter(int pid) => Enter(pid, places);

    /// <summary>Moves a process into the folders of version 1.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Whether it is in them.</returns>
    public bool EnterLegacy(int pid) => Enter(pid, places.Where(static place => !place.IsUnified));

    /// <summary>Kills all members at once, where the kernel can (5.14 or later), unless one is among them that is to be spared.</summary>
    /// <param name="spared">The number of a process, or 0.</param>
    public void Kill(int spared)
    {
        if (UnifiedFolder is not { } folder) return;
        bool isSpared = false;
        // A server that a member has started may serve this very command.
        ForEachMember(pid => isSpared |= pid == Environment.ProcessId || pid == spared);
        if (!isSpared) ControlGroupFile.TryWrite(Path.Combine(folder, "cgroup.kill"), "1");
    }

    /// <summary>Tells the number of each member.</summary>
    /// <param name="found">Is told them.</param>
    public void ForEachMember(Action<int> found)
    {
        foreach (var place in places)
            foreach (var line in (ControlGroupFile.Read(Path.Combine(place.Folder, Processes)) ?? "").AsSpan().EnumerateLines())
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) found(pid);
    }

    /// <summary>Removes what is empty of it.</summary>
    /// <returns>Whether nothing is left. A member that has just been killed may still be on its way out.</returns>
    public bool TryRemove()
    {
        bool removed = true;
        foreach (var place in places) removed &= ControlGroupFile.TryRemove(place.Folder);
        return removed;
    }

    private static bool Enter(int pid, IEnumerable<ControlGroupHierarchy> places)
    {
        bool entered = true;
        foreach (var place in places) entered &= ControlGroupFile.TryWrite(Path.Combine(place.Folder, Processes), $"{pid}");
        return entered;
    }

    private string? FolderOf(ControlGroupController controller) => places.FirstOrDefault(place => place.Controllers.HasFlag(controller))?.Folder;
}
