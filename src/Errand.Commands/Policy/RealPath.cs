namespace Errand.Commands;

/// <summary>Paths as the system sees them: without <c>..</c>, and with symbolic links followed.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>The path that a path stands for. What is not there is taken as it is written.</summary>
    /// <returns>None where links lead in a circle.</returns>
    public static string? Of(string path)
    {
        var left = new Stack<string>();
        Push(left, path);
        string real = "/";
        int links = 0;
        while (left.TryPop(out string? name))
        {
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            string next = Path.Combine(real, name);
            if (LinkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks) return null;
            if (target.StartsWith('/')) real = "/";
            Push(left, target);
        }
        return real;
    }

    /// <summary>Whether a real path is a folder or below it.</summary>
    public static bool IsWithin(string path, string folder) =>
        folder == "/" || path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/');

    private static void Push(Stack<string> left, string path)
    {
        foreach (string name in path.Split('/').Reverse())
            if (name is not ("" or ".")) left.Push(name);
    }

    private static string? LinkTarget(string path)
    {
        try { return new FileInfo(path).LinkTarget; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be looked at, so not to be followed.
            return null;
        }
    }
}
