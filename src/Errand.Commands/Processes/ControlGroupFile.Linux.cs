namespace Errand.Commands;

/// <summary>The files in which control groups are read and set.</summary>
internal static class ControlGroupFile
{
    /// <summary>Reads a file, or nothing when it cannot be read: a kernel may be older, a group may be gone.</summary>
    /// <param name="path">The file.</param>
    public static string? Read(string path)
    {
        try { return File.ReadAllText(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>Reads a file that is a number, or null ("max" is none).</summary>
    /// <param name="path">The file.</param>
    public static long? ReadNumber(string path) => long.TryParse(Read(path), out long number) ? number : null;

    /// <summary>Reads a number from a file of lines of a name and a number each.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name.</param>
    public static long? ReadNumber(string path, string name)
    {
        foreach (var line in (Read(path) ?? "").AsSpan().EnumerateLines())
            if (line.StartsWith(name) && line.Length > name.Length && line[name.Length] == ' ' && long.TryParse(line[name.Length..], out long number))
                return number;
        return null;
    }

    /// <summary>Sets a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">What to write, by one call: the kernel takes each as a whole.</param>
    /// <returns>Whether the kernel took it.</returns>
    public static bool TryWrite(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    /// <summary>Removes a group that is empty.</summary>
    /// <param name="folder">The group.</param>
    /// <returns>Whether it is gone. A group that is not empty stays as it is.</returns>
    public static bool TryRemove(string folder) => NativeProcess.RemoveFolder(folder) || !Directory.Exists(folder);
}
