using System.Globalization;
using System.Text;

namespace Errand.Commands.Tests.Processes;

/// <summary>Finds processes by their arguments.</summary>
internal static class Tagged
{
    public static IReadOnlyList<int> Find(string tag, int except = 0)
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == except)
                continue;
            // Those that have ended have none.
            if (Read(Path.Combine(folder, "cmdline")).Contains(tag, StringComparison.Ordinal)) found.Add(pid);
        }
        return found;
    }

    public static string Read(string path)
    {
        try { return Encoding.UTF8.GetString(File.ReadAllBytes(path)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }
}
