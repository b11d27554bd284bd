namespace Errand;

/// <summary>
/// What every system tells: the space on its disks, and its memory as of the last collection. Where nothing else is written, no load.
/// </summary>
internal class ResourceReadings : IResourceReadings
{
    public static IResourceReadings OfThisSystem { get; } = OperatingSystem.IsLinux() ? new LinuxResourceReadings("/") : new ResourceReadings();

    public virtual double? LoadPerCore() => null;

    public virtual long? FreeMemoryBytes()
    {
        var memory = GC.GetGCMemoryInfo();
        return memory.TotalAvailableMemoryBytes > 0 ? Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) : null;
    }

    public long? FreeDiskBytes(string folder)
    {
        try { return new DriveInfo(NearestThatExists(Path.GetFullPath(folder))).AvailableFreeSpace; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return null; }
    }

    private static string NearestThatExists(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent) folder = parent;
        return folder;
    }
}
